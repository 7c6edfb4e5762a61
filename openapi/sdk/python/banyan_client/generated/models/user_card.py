from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.picture import Picture
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
        avatar (None | Picture):
        cover (None | Picture):
        joined_at (datetime.datetime):
    """

    id: str
    username: str
    display_name: str
    bio: str
    is_private: bool
    custom: UserCardCustom
    avatar: None | Picture
    cover: None | Picture
    joined_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.picture import Picture

        id = self.id

        username = self.username

        display_name = self.display_name

        bio = self.bio

        is_private = self.is_private

        custom = self.custom.to_dict()

        avatar: dict[str, Any] | None
        if isinstance(self.avatar, Picture):
            avatar = self.avatar.to_dict()
        else:
            avatar = self.avatar

        cover: dict[str, Any] | None
        if isinstance(self.cover, Picture):
            cover = self.cover.to_dict()
        else:
            cover = self.cover

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
                "avatar": avatar,
                "cover": cover,
                "joined_at": joined_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.picture import Picture
        from ..models.user_card_custom import UserCardCustom

        d = dict(src_dict)
        id = d.pop("id")

        username = d.pop("username")

        display_name = d.pop("display_name")

        bio = d.pop("bio")

        is_private = d.pop("is_private")

        custom = UserCardCustom.from_dict(d.pop("custom"))

        def _parse_avatar(data: object) -> None | Picture:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                avatar_type_0 = Picture.from_dict(data)

                return avatar_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Picture, data)

        avatar = _parse_avatar(d.pop("avatar"))

        def _parse_cover(data: object) -> None | Picture:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                cover_type_0 = Picture.from_dict(data)

                return cover_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Picture, data)

        cover = _parse_cover(d.pop("cover"))

        joined_at = datetime.datetime.fromisoformat(d.pop("joined_at"))

        user_card = cls(
            id=id,
            username=username,
            display_name=display_name,
            bio=bio,
            is_private=is_private,
            custom=custom,
            avatar=avatar,
            cover=cover,
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
