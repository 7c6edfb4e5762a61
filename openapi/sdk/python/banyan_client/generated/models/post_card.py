from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.post_card_audience import PostCardAudience
from ..models.post_card_kind import PostCardKind
from ..models.post_card_reply_policy import PostCardReplyPolicy

if TYPE_CHECKING:
    from ..models.post_card_custom import PostCardCustom
    from ..models.post_entity import PostEntity
    from ..models.post_ref import PostRef


T = TypeVar("T", bound="PostCard")


@_attrs_define
class PostCard:
    """A post as everyone sees it who may see it.

    Attributes:
        id (str):
        author_id (str):
        kind (PostCardKind): A repost has no text of its own: its `original` is shown.
        text (str): Empty if it only shows media.
        entities (list[PostEntity]): The mentions, tags and links in the text, in their order.
        media_ids (list[str]): What it shows, in its order; each stands among `included.media` unless it was deleted.
        audience (PostCardAudience): Who may see it beside the author: everybody, their followers, or who is mentioned.
        reply_policy (PostCardReplyPolicy): Who may reply beside the author: everybody, whom they follow, the mentioned,
            or nobody. For a whole thread that of its root holds.
        reply_to (None | PostRef): What it replies to, or null.
        root_id (None | str): The post that began its thread; null of one that is no reply.
        original (None | PostRef): What it reposts or quotes, or null. The card is among `included.posts` where the
            caller may see it.
        custom (PostCardCustom):
        published_at (datetime.datetime):
        edited_at (datetime.datetime | None): When the text, the media or `custom` last changed, or null.
    """

    id: str
    author_id: str
    kind: PostCardKind
    text: str
    entities: list[PostEntity]
    media_ids: list[str]
    audience: PostCardAudience
    reply_policy: PostCardReplyPolicy
    reply_to: None | PostRef
    root_id: None | str
    original: None | PostRef
    custom: PostCardCustom
    published_at: datetime.datetime
    edited_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.post_ref import PostRef

        id = self.id

        author_id = self.author_id

        kind = self.kind.value

        text = self.text

        entities = []
        for entities_item_data in self.entities:
            entities_item = entities_item_data.to_dict()
            entities.append(entities_item)

        media_ids = self.media_ids

        audience = self.audience.value

        reply_policy = self.reply_policy.value

        reply_to: dict[str, Any] | None
        if isinstance(self.reply_to, PostRef):
            reply_to = self.reply_to.to_dict()
        else:
            reply_to = self.reply_to

        root_id: None | str
        root_id = self.root_id

        original: dict[str, Any] | None
        if isinstance(self.original, PostRef):
            original = self.original.to_dict()
        else:
            original = self.original

        custom = self.custom.to_dict()

        published_at = self.published_at.isoformat()

        edited_at: None | str
        if isinstance(self.edited_at, datetime.datetime):
            edited_at = self.edited_at.isoformat()
        else:
            edited_at = self.edited_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "author_id": author_id,
                "kind": kind,
                "text": text,
                "entities": entities,
                "media_ids": media_ids,
                "audience": audience,
                "reply_policy": reply_policy,
                "reply_to": reply_to,
                "root_id": root_id,
                "original": original,
                "custom": custom,
                "published_at": published_at,
                "edited_at": edited_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.post_card_custom import PostCardCustom
        from ..models.post_entity import PostEntity
        from ..models.post_ref import PostRef

        d = dict(src_dict)
        id = d.pop("id")

        author_id = d.pop("author_id")

        kind = PostCardKind(d.pop("kind"))

        text = d.pop("text")

        entities = []
        _entities = d.pop("entities")
        for entities_item_data in _entities:
            entities_item = PostEntity.from_dict(entities_item_data)

            entities.append(entities_item)

        media_ids = cast(list[str], d.pop("media_ids"))

        audience = PostCardAudience(d.pop("audience"))

        reply_policy = PostCardReplyPolicy(d.pop("reply_policy"))

        def _parse_reply_to(data: object) -> None | PostRef:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                reply_to_type_0 = PostRef.from_dict(data)

                return reply_to_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PostRef, data)

        reply_to = _parse_reply_to(d.pop("reply_to"))

        def _parse_root_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        root_id = _parse_root_id(d.pop("root_id"))

        def _parse_original(data: object) -> None | PostRef:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                original_type_0 = PostRef.from_dict(data)

                return original_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PostRef, data)

        original = _parse_original(d.pop("original"))

        custom = PostCardCustom.from_dict(d.pop("custom"))

        published_at = datetime.datetime.fromisoformat(d.pop("published_at"))

        def _parse_edited_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                edited_at_type_0 = datetime.datetime.fromisoformat(data)

                return edited_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        edited_at = _parse_edited_at(d.pop("edited_at"))

        post_card = cls(
            id=id,
            author_id=author_id,
            kind=kind,
            text=text,
            entities=entities,
            media_ids=media_ids,
            audience=audience,
            reply_policy=reply_policy,
            reply_to=reply_to,
            root_id=root_id,
            original=original,
            custom=custom,
            published_at=published_at,
            edited_at=edited_at,
        )

        post_card.additional_properties = d
        return post_card

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
