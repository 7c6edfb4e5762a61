from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="NotificationCounts")


@_attrs_define
class NotificationCounts:
    """How many notifications the caller has not seen, and not read; of two answers the greater version is newer.

    What nobody may show the caller any more, for they have muted its actors since, is counted all the same.

        Attributes:
            unseen (int):
            unread (int):
            seen_up_to (None | str):
            version (int):
    """

    unseen: int
    unread: int
    seen_up_to: None | str
    version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        unseen = self.unseen

        unread = self.unread

        seen_up_to: None | str
        seen_up_to = self.seen_up_to

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "unseen": unseen,
                "unread": unread,
                "seen_up_to": seen_up_to,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        unseen = d.pop("unseen")

        unread = d.pop("unread")

        def _parse_seen_up_to(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        seen_up_to = _parse_seen_up_to(d.pop("seen_up_to"))

        version = d.pop("version")

        notification_counts = cls(
            unseen=unseen,
            unread=unread,
            seen_up_to=seen_up_to,
            version=version,
        )

        notification_counts.additional_properties = d
        return notification_counts

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
