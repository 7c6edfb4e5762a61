from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TagCard")


@_attrs_define
class TagCard:
    """A tag, and how much it was used in the last 24 hours.

    Attributes:
        tag (str): In its canonical form (NFKC, case folded).
        posts (int): How many public posts had it when they were published.
        authors (int): How many people wrote these.
    """

    tag: str
    posts: int
    authors: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tag = self.tag

        posts = self.posts

        authors = self.authors

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tag": tag,
                "posts": posts,
                "authors": authors,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        tag = d.pop("tag")

        posts = d.pop("posts")

        authors = d.pop("authors")

        tag_card = cls(
            tag=tag,
            posts=posts,
            authors=authors,
        )

        tag_card.additional_properties = d
        return tag_card

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
