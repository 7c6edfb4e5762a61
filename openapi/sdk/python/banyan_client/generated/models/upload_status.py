from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    Self,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

T = TypeVar("T", bound="UploadStatus")


@_attrs_define
class UploadStatus:
    """That an upload came to its end.

    Attributes:
        status (Literal['complete']):
    """

    status: Literal["complete"]

    def to_dict(self) -> dict[str, Any]:
        status = self.status

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        status = cast(Literal["complete"], d.pop("status"))
        if status != "complete":
            raise ValueError(f"status must match const 'complete', got '{status}'")

        upload_status = cls(
            status=status,
        )

        return upload_status
