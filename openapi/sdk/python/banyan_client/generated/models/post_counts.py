from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.post_counts_reactions import PostCountsReactions


T = TypeVar("T", bound="PostCounts")


@_attrs_define
class PostCounts:
    """What is counted of a post, the same for everybody; `reactions` has the types of which there are any.

    What people do whom the caller may not see, or whose accounts are closed, is counted and not listed, so
    that a list may be shorter than its count.

        Attributes:
            replies (int):
            reposts (int):
            quotes (int):
            reactions (PostCountsReactions):
    """

    replies: int
    reposts: int
    quotes: int
    reactions: PostCountsReactions
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        replies = self.replies

        reposts = self.reposts

        quotes = self.quotes

        reactions = self.reactions.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "replies": replies,
                "reposts": reposts,
                "quotes": quotes,
                "reactions": reactions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.post_counts_reactions import PostCountsReactions

        d = dict(src_dict)
        replies = d.pop("replies")

        reposts = d.pop("reposts")

        quotes = d.pop("quotes")

        reactions = PostCountsReactions.from_dict(d.pop("reactions"))

        post_counts = cls(
            replies=replies,
            reposts=reposts,
            quotes=quotes,
            reactions=reactions,
        )

        post_counts.additional_properties = d
        return post_counts

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
