from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.new_post_audience import NewPostAudience
from ..models.new_post_reply_policy import NewPostReplyPolicy
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_post_custom import NewPostCustom


T = TypeVar("T", bound="NewPost")


@_attrs_define
class NewPost:
    """A post to publish.

    Attributes:
        text (str | Unset): Empty if it shows media instead: a post has at least one of both. Default: ''.
        audience (NewPostAudience | Unset): Who may see it beside the author: everybody, their followers, or who is
            mentioned. Default: NewPostAudience.PUBLIC.
        custom (NewPostCustom | Unset):
        reply_policy (NewPostReplyPolicy | Unset): Who may reply beside the author: everybody, whom they follow, the
            mentioned, or nobody. For a whole thread that of its root holds. Default: NewPostReplyPolicy.EVERYONE.
        media_ids (list[str] | Unset): The images and videos that it shows, in this order: uploaded, the author's own,
            shown by nothing else.
        reply_to (None | str | Unset): The post that this one replies to, or null.
        quote_of (None | str | Unset): A public post that this one quotes, or null.
    """

    text: str | Unset = ""
    audience: NewPostAudience | Unset = NewPostAudience.PUBLIC
    custom: NewPostCustom | Unset = UNSET
    reply_policy: NewPostReplyPolicy | Unset = NewPostReplyPolicy.EVERYONE
    media_ids: list[str] | Unset = UNSET
    reply_to: None | str | Unset = UNSET
    quote_of: None | str | Unset = UNSET

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

        reply_to: None | str | Unset
        if isinstance(self.reply_to, Unset):
            reply_to = UNSET
        else:
            reply_to = self.reply_to

        quote_of: None | str | Unset
        if isinstance(self.quote_of, Unset):
            quote_of = UNSET
        else:
            quote_of = self.quote_of

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
        if reply_to is not UNSET:
            field_dict["reply_to"] = reply_to
        if quote_of is not UNSET:
            field_dict["quote_of"] = quote_of

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.new_post_custom import NewPostCustom

        d = dict(src_dict)
        text = d.pop("text", UNSET)

        _audience = d.pop("audience", UNSET)
        audience: NewPostAudience | Unset
        if isinstance(_audience, Unset):
            audience = UNSET
        else:
            audience = NewPostAudience(_audience)

        _custom = d.pop("custom", UNSET)
        custom: NewPostCustom | Unset
        if isinstance(_custom, Unset):
            custom = UNSET
        else:
            custom = NewPostCustom.from_dict(_custom)

        _reply_policy = d.pop("reply_policy", UNSET)
        reply_policy: NewPostReplyPolicy | Unset
        if isinstance(_reply_policy, Unset):
            reply_policy = UNSET
        else:
            reply_policy = NewPostReplyPolicy(_reply_policy)

        media_ids = cast(list[str], d.pop("media_ids", UNSET))

        def _parse_reply_to(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reply_to = _parse_reply_to(d.pop("reply_to", UNSET))

        def _parse_quote_of(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        quote_of = _parse_quote_of(d.pop("quote_of", UNSET))

        new_post = cls(
            text=text,
            audience=audience,
            custom=custom,
            reply_policy=reply_policy,
            media_ids=media_ids,
            reply_to=reply_to,
            quote_of=quote_of,
        )

        return new_post
