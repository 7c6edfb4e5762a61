from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.marks import Marks
    from ..models.post_counts import PostCounts


T = TypeVar("T", bound="OwnPostState")


@_attrs_define
class OwnPostState:
    """What changes of a post without its card, for everybody and for the caller.

    Attributes:
        counts (PostCounts): What is counted of a post, the same for everybody; `reactions` has the types of which there
            are any.

            What people do whom the caller may not see, or whose accounts are closed, is counted and not listed, so
            that a list may be shorter than its count.
        mine (Marks | None): The caller's own marks; null if nobody is logged in, or if they cannot be read now.
    """

    counts: PostCounts
    mine: Marks | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.marks import Marks

        counts = self.counts.to_dict()

        mine: dict[str, Any] | None
        if isinstance(self.mine, Marks):
            mine = self.mine.to_dict()
        else:
            mine = self.mine

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "counts": counts,
                "mine": mine,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.marks import Marks
        from ..models.post_counts import PostCounts

        d = dict(src_dict)
        counts = PostCounts.from_dict(d.pop("counts"))

        def _parse_mine(data: object) -> Marks | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                mine_type_0 = Marks.from_dict(data)

                return mine_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Marks | None, data)

        mine = _parse_mine(d.pop("mine"))

        own_post_state = cls(
            counts=counts,
            mine=mine,
        )

        own_post_state.additional_properties = d
        return own_post_state

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
