from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.user_card_custom import UserCardCustom


T = TypeVar("T", bound="UserCard")


@_attrs_define
class UserCard:
    """A user as everyone sees them.

    Attributes:
        id (str):
        username (str):
        display_name (str):
        bio (str):
        is_private (bool):
        custom (UserCardCustom):
        joined_at (datetime.datetime):
    """

    id: str
    username: str
    display_name: str
    bio: str
    is_private: bool
    custom: UserCardCustom
    joined_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        username = self.username

        display_name = self.display_name

        bio = self.bio

        is_private = self.is_private

        custom = self.custom.to_dict()

        joined_at = self.joined_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "username": username,
                "display_name": display_name,
                "bio": bio,
                "is_private": is_private,
                "custom": custom,
                "joined_at": joined_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.user_card_custom import UserCardCustom

        d = dict(src_dict)
        id = d.pop("id")

        username = d.pop("username")

        display_name = d.pop("display_name")

        bio = d.pop("bio")

        is_private = d.pop("is_private")

        custom = UserCardCustom.from_dict(d.pop("custom"))

        joined_at = datetime.datetime.fromisoformat(d.pop("joined_at"))

        user_card = cls(
            id=id,
            username=username,
            display_name=display_name,
            bio=bio,
            is_private=is_private,
            custom=custom,
            joined_at=joined_at,
        )

        user_card.additional_properties = d
        return user_card

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
