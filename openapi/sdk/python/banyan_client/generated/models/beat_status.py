from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BeatStatus")


@_attrs_define
class BeatStatus:
    """When the clock ticked last, whichever process it was; null if not within a week.

    Attributes:
        ticked_seconds (float | None):
    """

    ticked_seconds: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ticked_seconds: float | None
        ticked_seconds = self.ticked_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ticked_seconds": ticked_seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_ticked_seconds(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        ticked_seconds = _parse_ticked_seconds(d.pop("ticked_seconds"))

        beat_status = cls(
            ticked_seconds=ticked_seconds,
        )

        beat_status.additional_properties = d
        return beat_status

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
