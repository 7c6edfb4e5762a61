from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.draft_card_audience import DraftCardAudience
from ..models.draft_card_reply_policy import DraftCardReplyPolicy

if TYPE_CHECKING:
    from ..models.draft_card_custom import DraftCardCustom
    from ..models.draft_refusal import DraftRefusal
    from ..models.post_entity import PostEntity


T = TypeVar("T", bound="DraftCard")


@_attrs_define
class DraftCard:
    """A post that is not published yet, as its author sees it.

    Attributes:
        id (str):
        text (str):
        entities (list[PostEntity]):
        media_ids (list[str]):
        audience (DraftCardAudience): Who may see it beside the author: everybody, their followers, or who is mentioned.
        reply_policy (DraftCardReplyPolicy): Who may reply beside the author: everybody, whom they follow, the
            mentioned, or nobody. For a whole thread that of its root holds.
        reply_to (None | str):
        quote_of (None | str):
        custom (DraftCardCustom):
        publish_at (datetime.datetime | None):
        refused (DraftRefusal | None): Why it was not published at its time, and is not tried again; null from its next
            edit.
        created_at (datetime.datetime):
        edited_at (datetime.datetime | None):
    """

    id: str
    text: str
    entities: list[PostEntity]
    media_ids: list[str]
    audience: DraftCardAudience
    reply_policy: DraftCardReplyPolicy
    reply_to: None | str
    quote_of: None | str
    custom: DraftCardCustom
    publish_at: datetime.datetime | None
    refused: DraftRefusal | None
    created_at: datetime.datetime
    edited_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.draft_refusal import DraftRefusal

        id = self.id

        text = self.text

        entities = []
        for entities_item_data in self.entities:
            entities_item = entities_item_data.to_dict()
            entities.append(entities_item)

        media_ids = self.media_ids

        audience = self.audience.value

        reply_policy = self.reply_policy.value

        reply_to: None | str
        reply_to = self.reply_to

        quote_of: None | str
        quote_of = self.quote_of

        custom = self.custom.to_dict()

        publish_at: None | str
        if isinstance(self.publish_at, datetime.datetime):
            publish_at = self.publish_at.isoformat()
        else:
            publish_at = self.publish_at

        refused: dict[str, Any] | None
        if isinstance(self.refused, DraftRefusal):
            refused = self.refused.to_dict()
        else:
            refused = self.refused

        created_at = self.created_at.isoformat()

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
                "text": text,
                "entities": entities,
                "media_ids": media_ids,
                "audience": audience,
                "reply_policy": reply_policy,
                "reply_to": reply_to,
                "quote_of": quote_of,
                "custom": custom,
                "publish_at": publish_at,
                "refused": refused,
                "created_at": created_at,
                "edited_at": edited_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.draft_card_custom import DraftCardCustom
        from ..models.draft_refusal import DraftRefusal
        from ..models.post_entity import PostEntity

        d = dict(src_dict)
        id = d.pop("id")

        text = d.pop("text")

        entities = []
        _entities = d.pop("entities")
        for entities_item_data in _entities:
            entities_item = PostEntity.from_dict(entities_item_data)

            entities.append(entities_item)

        media_ids = cast(list[str], d.pop("media_ids"))

        audience = DraftCardAudience(d.pop("audience"))

        reply_policy = DraftCardReplyPolicy(d.pop("reply_policy"))

        def _parse_reply_to(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reply_to = _parse_reply_to(d.pop("reply_to"))

        def _parse_quote_of(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        quote_of = _parse_quote_of(d.pop("quote_of"))

        custom = DraftCardCustom.from_dict(d.pop("custom"))

        def _parse_publish_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                publish_at_type_0 = datetime.datetime.fromisoformat(data)

                return publish_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        publish_at = _parse_publish_at(d.pop("publish_at"))

        def _parse_refused(data: object) -> DraftRefusal | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                refused_type_0 = DraftRefusal.from_dict(data)

                return refused_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DraftRefusal | None, data)

        refused = _parse_refused(d.pop("refused"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

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

        draft_card = cls(
            id=id,
            text=text,
            entities=entities,
            media_ids=media_ids,
            audience=audience,
            reply_policy=reply_policy,
            reply_to=reply_to,
            quote_of=quote_of,
            custom=custom,
            publish_at=publish_at,
            refused=refused,
            created_at=created_at,
            edited_at=edited_at,
        )

        draft_card.additional_properties = d
        return draft_card

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
