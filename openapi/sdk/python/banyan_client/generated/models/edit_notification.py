from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="EditNotification")


@_attrs_define
class EditNotification:
    """What to change of one notification.

    Attributes:
        is_read (bool):
    """

    is_read: bool

    def to_dict(self) -> dict[str, Any]:
        is_read = self.is_read

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "is_read": is_read,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        is_read = d.pop("is_read")

        edit_notification = cls(
            is_read=is_read,
        )

        return edit_notification
