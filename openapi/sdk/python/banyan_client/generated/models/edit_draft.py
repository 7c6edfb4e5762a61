from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.edit_draft_audience import EditDraftAudience
from ..models.edit_draft_reply_policy import EditDraftReplyPolicy
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.edit_draft_custom import EditDraftCustom


T = TypeVar("T", bound="EditDraft")


@_attrs_define
class EditDraft:
    """What to change of one's own draft; what is left out stays as it is.

    Attributes:
        text (str | Unset): Empty if it shows media instead: a post has at least one of both.
        audience (EditDraftAudience | Unset): Who may see it beside the author: everybody, their followers, or who is
            mentioned.
        custom (EditDraftCustom | Unset):
        reply_policy (EditDraftReplyPolicy | Unset): Who may reply beside the author: everybody, whom they follow, the
            mentioned, or nobody. For a whole thread that of its root holds.
        media_ids (list[str] | Unset): The images and videos that it shows, in this order: uploaded, the author's own,
            shown by nothing else.
        reply_to (None | str | Unset): The post that this one replies to, or null.
        quote_of (None | str | Unset): A public post that this one quotes, or null.
        publish_at (datetime.datetime | None | Unset): When it is to be published, or null.
    """

    text: str | Unset = UNSET
    audience: EditDraftAudience | Unset = UNSET
    custom: EditDraftCustom | Unset = UNSET
    reply_policy: EditDraftReplyPolicy | Unset = UNSET
    media_ids: list[str] | Unset = UNSET
    reply_to: None | str | Unset = UNSET
    quote_of: None | str | Unset = UNSET
    publish_at: datetime.datetime | None | Unset = UNSET

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

        publish_at: None | str | Unset
        if isinstance(self.publish_at, Unset):
            publish_at = UNSET
        elif isinstance(self.publish_at, datetime.datetime):
            publish_at = self.publish_at.isoformat()
        else:
            publish_at = self.publish_at

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
        if publish_at is not UNSET:
            field_dict["publish_at"] = publish_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.edit_draft_custom import EditDraftCustom

        d = dict(src_dict)
        text = d.pop("text", UNSET)

        _audience = d.pop("audience", UNSET)
        audience: EditDraftAudience | Unset
        if isinstance(_audience, Unset):
            audience = UNSET
        else:
            audience = EditDraftAudience(_audience)

        _custom = d.pop("custom", UNSET)
        custom: EditDraftCustom | Unset
        if isinstance(_custom, Unset):
            custom = UNSET
        else:
            custom = EditDraftCustom.from_dict(_custom)

        _reply_policy = d.pop("reply_policy", UNSET)
        reply_policy: EditDraftReplyPolicy | Unset
        if isinstance(_reply_policy, Unset):
            reply_policy = UNSET
        else:
            reply_policy = EditDraftReplyPolicy(_reply_policy)

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

        def _parse_publish_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                publish_at_type_0 = datetime.datetime.fromisoformat(data)

                return publish_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        publish_at = _parse_publish_at(d.pop("publish_at", UNSET))

        edit_draft = cls(
            text=text,
            audience=audience,
            custom=custom,
            reply_policy=reply_policy,
            media_ids=media_ids,
            reply_to=reply_to,
            quote_of=quote_of,
            publish_at=publish_at,
        )

        return edit_draft
