from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.notification_included_media import NotificationIncludedMedia
    from ..models.notification_included_posts import NotificationIncludedPosts
    from ..models.notification_included_users import NotificationIncludedUsers


T = TypeVar("T", bound="NotificationIncluded")


@_attrs_define
class NotificationIncluded:
    """Who did what is told of, the posts that it is about, and what these show, once each.

    Attributes:
        users (NotificationIncludedUsers):
        posts (NotificationIncludedPosts):
        media (NotificationIncludedMedia):
    """

    users: NotificationIncludedUsers
    posts: NotificationIncludedPosts
    media: NotificationIncludedMedia
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        users = self.users.to_dict()

        posts = self.posts.to_dict()

        media = self.media.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "users": users,
                "posts": posts,
                "media": media,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.notification_included_media import NotificationIncludedMedia
        from ..models.notification_included_posts import NotificationIncludedPosts
        from ..models.notification_included_users import NotificationIncludedUsers

        d = dict(src_dict)
        users = NotificationIncludedUsers.from_dict(d.pop("users"))

        posts = NotificationIncludedPosts.from_dict(d.pop("posts"))

        media = NotificationIncludedMedia.from_dict(d.pop("media"))

        notification_included = cls(
            users=users,
            posts=posts,
            media=media,
        )

        notification_included.additional_properties = d
        return notification_included

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
