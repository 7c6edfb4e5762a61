from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.post_card_audience import PostCardAudience
from ..models.post_card_reply_policy import PostCardReplyPolicy

if TYPE_CHECKING:
    from ..models.post_card_custom import PostCardCustom
    from ..models.post_entity import PostEntity


T = TypeVar("T", bound="PostCard")


@_attrs_define
class PostCard:
    """A post as everyone sees it who may see it.

    Attributes:
        id (str):
        author_id (str):
        text (str):
        entities (list[PostEntity]): The mentions, tags and links in the text, in their order.
        audience (PostCardAudience): Who may see it beside the author: everybody, their followers, or who is mentioned.
        reply_policy (PostCardReplyPolicy): Who may reply beside the author: everybody, whom they follow, the mentioned,
            or nobody.
        custom (PostCardCustom):
        published_at (datetime.datetime):
        edited_at (datetime.datetime | None): When the text or `custom` last changed, or null.
    """

    id: str
    author_id: str
    text: str
    entities: list[PostEntity]
    audience: PostCardAudience
    reply_policy: PostCardReplyPolicy
    custom: PostCardCustom
    published_at: datetime.datetime
    edited_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        author_id = self.author_id

        text = self.text

        entities = []
        for entities_item_data in self.entities:
            entities_item = entities_item_data.to_dict()
            entities.append(entities_item)

        audience = self.audience.value

        reply_policy = self.reply_policy.value

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
                "text": text,
                "entities": entities,
                "audience": audience,
                "reply_policy": reply_policy,
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

        d = dict(src_dict)
        id = d.pop("id")

        author_id = d.pop("author_id")

        text = d.pop("text")

        entities = []
        _entities = d.pop("entities")
        for entities_item_data in _entities:
            entities_item = PostEntity.from_dict(entities_item_data)

            entities.append(entities_item)

        audience = PostCardAudience(d.pop("audience"))

        reply_policy = PostCardReplyPolicy(d.pop("reply_policy"))

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
            text=text,
            entities=entities,
            audience=audience,
            reply_policy=reply_policy,
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
