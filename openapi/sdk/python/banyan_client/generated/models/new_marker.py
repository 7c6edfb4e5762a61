from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewMarker")


@_attrs_define
class NewMarker:
    """How far the caller has read.

    Attributes:
        last_read_id (str): The id of the newest thing that was read.
    """

    last_read_id: str

    def to_dict(self) -> dict[str, Any]:
        last_read_id = self.last_read_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "last_read_id": last_read_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        last_read_id = d.pop("last_read_id")

        new_marker = cls(
            last_read_id=last_read_id,
        )

        return new_marker
