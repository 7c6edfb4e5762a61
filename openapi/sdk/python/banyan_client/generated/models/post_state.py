from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.post_counts import PostCounts


T = TypeVar("T", bound="PostState")


@_attrs_define
class PostState:
    """What changes of a post without its card, for everybody.

    Attributes:
        counts (PostCounts): What is counted of a post, the same for everybody; `reactions` has the types of which there
            are any.

            What people do whom the caller may not see, or whose accounts are closed, is counted and not listed, so
            that a list may be shorter than its count.
    """

    counts: PostCounts
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        counts = self.counts.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "counts": counts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.post_counts import PostCounts

        d = dict(src_dict)
        counts = PostCounts.from_dict(d.pop("counts"))

        post_state = cls(
            counts=counts,
        )

        post_state.additional_properties = d
        return post_state

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
