from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.edit_post_audience import EditPostAudience
from ..models.edit_post_reply_policy import EditPostReplyPolicy
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.edit_post_custom import EditPostCustom


T = TypeVar("T", bound="EditPost")


@_attrs_define
class EditPost:
    """What to change of one's own post; what is left out stays as it is.

    Attributes:
        text (str | Unset): Empty if it shows media instead: a post has at least one of both.
        audience (EditPostAudience | Unset): Who may see it beside the author: everybody, their followers, or who is
            mentioned.
        custom (EditPostCustom | Unset):
        reply_policy (EditPostReplyPolicy | Unset): Who may reply beside the author: everybody, whom they follow, the
            mentioned, or nobody. For a whole thread that of its root holds.
        media_ids (list[str] | Unset): The images and videos that it shows, in this order: uploaded, the author's own,
            shown by nothing else.
    """

    text: str | Unset = UNSET
    audience: EditPostAudience | Unset = UNSET
    custom: EditPostCustom | Unset = UNSET
    reply_policy: EditPostReplyPolicy | Unset = UNSET
    media_ids: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        text = self.text

        audience: str | Unset = UNSET
        if not isinstance(self.audience, Unset):
            audience = self.audience.value

        custom: dict[str, Any] | Unset = UNSET
        if not isinstance(self.custom, Unset):
            custom = self.custom.to_dict()

        reply_policy: str | Unset = UNSET
        if not isinstance(self.reply_policy, Unset):
            reply_policy = self.reply_policy.value

        media_ids: list[str] | Unset = UNSET
        if not isinstance(self.media_ids, Unset):
            media_ids = self.media_ids

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if text is not UNSET:
            field_dict["text"] = text
        if audience is not UNSET:
            field_dict["audience"] = audience
        if custom is not UNSET:
            field_dict["custom"] = custom
        if reply_policy is not UNSET:
            field_dict["reply_policy"] = reply_policy
        if media_ids is not UNSET:
            field_dict["media_ids"] = media_ids

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.edit_post_custom import EditPostCustom

        d = dict(src_dict)
        text = d.pop("text", UNSET)

        _audience = d.pop("audience", UNSET)
        audience: EditPostAudience | Unset
        if isinstance(_audience, Unset):
            audience = UNSET
        else:
            audience = EditPostAudience(_audience)

        _custom = d.pop("custom", UNSET)
        custom: EditPostCustom | Unset
        if isinstance(_custom, Unset):
            custom = UNSET
        else:
            custom = EditPostCustom.from_dict(_custom)

        _reply_policy = d.pop("reply_policy", UNSET)
        reply_policy: EditPostReplyPolicy | Unset
        if isinstance(_reply_policy, Unset):
            reply_policy = UNSET
        else:
            reply_policy = EditPostReplyPolicy(_reply_policy)

        media_ids = cast(list[str], d.pop("media_ids", UNSET))

        edit_post = cls(
            text=text,
            audience=audience,
            custom=custom,
            reply_policy=reply_policy,
            media_ids=media_ids,
        )

        return edit_post
