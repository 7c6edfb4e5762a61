from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    Self,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.update_data import UpdateData


T = TypeVar("T", bound="Update")


@_attrs_define
class Update:
    """One event that concerns the caller.

    Attributes:
        topic (Literal['me']):
        seq (int): Its number: greater than that of every earlier one.
        id (str): The same for whatever tells of this event.
        type_ (str): Ignore those that you do not know.
        ts (datetime.datetime): When it happened.
        data (UpdateData):
    """

    topic: Literal["me"]
    seq: int
    id: str
    type_: str
    ts: datetime.datetime
    data: UpdateData
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        topic = self.topic

        seq = self.seq

        id = self.id

        type_ = self.type_

        ts = self.ts.isoformat()

        data = self.data.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "topic": topic,
                "seq": seq,
                "id": id,
                "type": type_,
                "ts": ts,
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.update_data import UpdateData

        d = dict(src_dict)
        topic = cast(Literal["me"], d.pop("topic"))
        if topic != "me":
            raise ValueError(f"topic must match const 'me', got '{topic}'")

        seq = d.pop("seq")

        id = d.pop("id")

        type_ = d.pop("type")

        ts = datetime.datetime.fromisoformat(d.pop("ts"))

        data = UpdateData.from_dict(d.pop("data"))

        update = cls(
            topic=topic,
            seq=seq,
            id=id,
            type_=type_,
            ts=ts,
            data=data,
        )

        update.additional_properties = d
        return update

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
