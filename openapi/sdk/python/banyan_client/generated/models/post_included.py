from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.post_included_media import PostIncludedMedia
    from ..models.post_included_posts import PostIncludedPosts
    from ..models.post_included_users import PostIncludedUsers


T = TypeVar("T", bound="PostIncluded")


@_attrs_define
class PostIncluded:
    """What posts mention: what they repost or quote, and the authors of all, once each.

    Attributes:
        users (PostIncludedUsers):
        posts (PostIncludedPosts): Originals of reposts and quotes, of those that the caller may see.
        media (PostIncludedMedia): What the posts show, originals too; their addresses end within the hour.
    """

    users: PostIncludedUsers
    posts: PostIncludedPosts
    media: PostIncludedMedia
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
        from ..models.post_included_media import PostIncludedMedia
        from ..models.post_included_posts import PostIncludedPosts
        from ..models.post_included_users import PostIncludedUsers

        d = dict(src_dict)
        users = PostIncludedUsers.from_dict(d.pop("users"))

        posts = PostIncludedPosts.from_dict(d.pop("posts"))

        media = PostIncludedMedia.from_dict(d.pop("media"))

        post_included = cls(
            users=users,
            posts=posts,
            media=media,
        )

        post_included.additional_properties = d
        return post_included

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
