from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="NotificationActor")


@_attrs_define
class NotificationActor:
    """Somebody who did what a notification tells of, and how.

    Attributes:
        user_id (str):
        post_id (None | str): The reply or the quote by which they did it; else null.
        reaction (None | str): The type of their reaction; else null.
        at (datetime.datetime):
    """

    user_id: str
    post_id: None | str
    reaction: None | str
    at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        user_id = self.user_id

        post_id: None | str
        post_id = self.post_id

        reaction: None | str
        reaction = self.reaction

        at = self.at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "user_id": user_id,
                "post_id": post_id,
                "reaction": reaction,
                "at": at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        user_id = d.pop("user_id")

        def _parse_post_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        post_id = _parse_post_id(d.pop("post_id"))

        def _parse_reaction(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reaction = _parse_reaction(d.pop("reaction"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        notification_actor = cls(
            user_id=user_id,
            post_id=post_id,
            reaction=reaction,
            at=at,
        )

        notification_actor.additional_properties = d
        return notification_actor

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
