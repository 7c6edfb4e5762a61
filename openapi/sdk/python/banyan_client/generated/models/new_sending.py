from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_sending_data import NewSendingData


T = TypeVar("T", bound="NewSending")


@_attrs_define
class NewSending:
    """A notification of an app's own, for many.

    Attributes:
        recipient_ids (list[str]):
        name (str): What the app calls this kind of notification.
        data (NewSendingData | Unset):
    """

    recipient_ids: list[str]
    name: str
    data: NewSendingData | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        recipient_ids = self.recipient_ids

        name = self.name

        data: dict[str, Any] | Unset = UNSET
        if not isinstance(self.data, Unset):
            data = self.data.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "recipient_ids": recipient_ids,
                "name": name,
            }
        )
        if data is not UNSET:
            field_dict["data"] = data

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.new_sending_data import NewSendingData

        d = dict(src_dict)
        recipient_ids = cast(list[str], d.pop("recipient_ids"))

        name = d.pop("name")

        _data = d.pop("data", UNSET)
        data: NewSendingData | Unset
        if isinstance(_data, Unset):
            data = UNSET
        else:
            data = NewSendingData.from_dict(_data)

        new_sending = cls(
            recipient_ids=recipient_ids,
            name=name,
            data=data,
        )

        return new_sending
