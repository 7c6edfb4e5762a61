from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.post_entity_type import PostEntityType

T = TypeVar("T", bound="PostEntity")


@_attrs_define
class PostEntity:
    """A mention, a tag or a link in a text, from where it starts up to where it ends.

    Both are said twice, for languages count differently, and behind an emoji the two differ. JavaScript,
    Java, Kotlin, C# and Dart count UTF-16 code units: `text.slice(utf16_start, utf16_end)`. Python, and Go by
    runes, count code points: `text[codepoint_start:codepoint_end]`.

        Attributes:
            type_ (PostEntityType):
            codepoint_start (int):
            codepoint_end (int):
            utf16_start (int):
            utf16_end (int):
            user_id (None | str): Of a mention: who is meant, whatever their username is by now. Else null.
            tag (None | str): Of a tag: its canonical form (NFKC, case folded), for finding it. Else null.
            url (None | str): Of a link: where it leads, by http or https. Else null.
    """

    type_: PostEntityType
    codepoint_start: int
    codepoint_end: int
    utf16_start: int
    utf16_end: int
    user_id: None | str
    tag: None | str
    url: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_.value

        codepoint_start = self.codepoint_start

        codepoint_end = self.codepoint_end

        utf16_start = self.utf16_start

        utf16_end = self.utf16_end

        user_id: None | str
        user_id = self.user_id

        tag: None | str
        tag = self.tag

        url: None | str
        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "codepoint_start": codepoint_start,
                "codepoint_end": codepoint_end,
                "utf16_start": utf16_start,
                "utf16_end": utf16_end,
                "user_id": user_id,
                "tag": tag,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        type_ = PostEntityType(d.pop("type"))

        codepoint_start = d.pop("codepoint_start")

        codepoint_end = d.pop("codepoint_end")

        utf16_start = d.pop("utf16_start")

        utf16_end = d.pop("utf16_end")

        def _parse_user_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        user_id = _parse_user_id(d.pop("user_id"))

        def _parse_tag(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tag = _parse_tag(d.pop("tag"))

        def _parse_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        url = _parse_url(d.pop("url"))

        post_entity = cls(
            type_=type_,
            codepoint_start=codepoint_start,
            codepoint_end=codepoint_end,
            utf16_start=utf16_start,
            utf16_end=utf16_end,
            user_id=user_id,
            tag=tag,
            url=url,
        )

        post_entity.additional_properties = d
        return post_entity

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
