from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.post_entity import PostEntity
    from ..models.revision_custom import RevisionCustom


T = TypeVar("T", bound="Revision")


@_attrs_define
class Revision:
    """What a post said from `written_at` on, up to this version of it.

    Attributes:
        version (int):
        text (str):
        entities (list[PostEntity]):
        media_ids (list[str]): What it showed, in its order. Media that no post shows are deleted after a while.
        custom (RevisionCustom):
        written_at (datetime.datetime):
    """

    version: int
    text: str
    entities: list[PostEntity]
    media_ids: list[str]
    custom: RevisionCustom
    written_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        version = self.version

        text = self.text

        entities = []
        for entities_item_data in self.entities:
            entities_item = entities_item_data.to_dict()
            entities.append(entities_item)

        media_ids = self.media_ids

        custom = self.custom.to_dict()

        written_at = self.written_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "version": version,
                "text": text,
                "entities": entities,
                "media_ids": media_ids,
                "custom": custom,
                "written_at": written_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.post_entity import PostEntity
        from ..models.revision_custom import RevisionCustom

        d = dict(src_dict)
        version = d.pop("version")

        text = d.pop("text")

        entities = []
        _entities = d.pop("entities")
        for entities_item_data in _entities:
            entities_item = PostEntity.from_dict(entities_item_data)

            entities.append(entities_item)

        media_ids = cast(list[str], d.pop("media_ids"))

        custom = RevisionCustom.from_dict(d.pop("custom"))

        written_at = datetime.datetime.fromisoformat(d.pop("written_at"))

        revision = cls(
            version=version,
            text=text,
            entities=entities,
            media_ids=media_ids,
            custom=custom,
            written_at=written_at,
        )

        revision.additional_properties = d
        return revision

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
