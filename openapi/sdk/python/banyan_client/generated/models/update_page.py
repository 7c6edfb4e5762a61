from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.update import Update


T = TypeVar("T", bound="UpdatePage")


@_attrs_define
class UpdatePage:
    """What has happened, oldest first.

    Attributes:
        data (list[Update]):
        seq (int): What to send as `since` next.
        resync (bool): Whether something may be missing before this: read anew whatever you show, then go on.
    """

    data: list[Update]
    seq: int
    resync: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data = []
        for data_item_data in self.data:
            data_item = data_item_data.to_dict()
            data.append(data_item)

        seq = self.seq

        resync = self.resync

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "data": data,
                "seq": seq,
                "resync": resync,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.update import Update

        d = dict(src_dict)
        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = Update.from_dict(data_item_data)

            data.append(data_item)

        seq = d.pop("seq")

        resync = d.pop("resync")

        update_page = cls(
            data=data,
            seq=seq,
            resync=resync,
        )

        update_page.additional_properties = d
        return update_page

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
