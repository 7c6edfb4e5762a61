from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="MarkerCard")


@_attrs_define
class MarkerCard:
    """How far the caller has read a timeline.

    Attributes:
        timeline (str):
        last_read_id (str):
        updated_at (datetime.datetime):
    """

    timeline: str
    last_read_id: str
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        timeline = self.timeline

        last_read_id = self.last_read_id

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "timeline": timeline,
                "last_read_id": last_read_id,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        timeline = d.pop("timeline")

        last_read_id = d.pop("last_read_id")

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        marker_card = cls(
            timeline=timeline,
            last_read_id=last_read_id,
            updated_at=updated_at,
        )

        marker_card.additional_properties = d
        return marker_card

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
