from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Marks")


@_attrs_define
class Marks:
    """The caller's own marks on a post: the types of their reactions, and whether they keep a bookmark.

    Attributes:
        reactions (list[str]):
        is_bookmarked (bool):
    """

    reactions: list[str]
    is_bookmarked: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        reactions = self.reactions

        is_bookmarked = self.is_bookmarked

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "reactions": reactions,
                "is_bookmarked": is_bookmarked,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        reactions = cast(list[str], d.pop("reactions"))

        is_bookmarked = d.pop("is_bookmarked")

        marks = cls(
            reactions=reactions,
            is_bookmarked=is_bookmarked,
        )

        marks.additional_properties = d
        return marks

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
