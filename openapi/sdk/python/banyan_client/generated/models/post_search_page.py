from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.coverage import Coverage
    from ..models.post_card import PostCard
    from ..models.post_included import PostIncluded
    from ..models.post_search_page_state import PostSearchPageState


T = TypeVar("T", bound="PostSearchPage")


@_attrs_define
class PostSearchPage:
    """A page of posts that were found, newest first; at most 1,000 are walked from the newest.

    Attributes:
        data (list[PostCard]):
        included (PostIncluded): What posts mention: what they repost or quote, and the authors of all, once each.
        state (PostSearchPageState):
        next_ (None | str):
        prev (None | str):
        partial (bool): Whether a part of what belongs here cannot be read now; ask again later. Default: False.
        missing (list[str]): The ids of what belongs here and is not in `data`.
        coverage (Coverage): How far a search has reached.
    """

    data: list[PostCard]
    included: PostIncluded
    state: PostSearchPageState
    next_: None | str
    prev: None | str
    missing: list[str]
    coverage: Coverage
    partial: bool = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data = []
        for data_item_data in self.data:
            data_item = data_item_data.to_dict()
            data.append(data_item)

        included = self.included.to_dict()

        state = self.state.to_dict()

        next_: None | str
        next_ = self.next_

        prev: None | str
        prev = self.prev

        partial = self.partial

        missing = self.missing

        coverage = self.coverage.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "data": data,
                "included": included,
                "state": state,
                "next": next_,
                "prev": prev,
                "partial": partial,
                "missing": missing,
                "coverage": coverage,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.coverage import Coverage
        from ..models.post_card import PostCard
        from ..models.post_included import PostIncluded
        from ..models.post_search_page_state import PostSearchPageState

        d = dict(src_dict)
        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = PostCard.from_dict(data_item_data)

            data.append(data_item)

        included = PostIncluded.from_dict(d.pop("included"))

        state = PostSearchPageState.from_dict(d.pop("state"))

        def _parse_next_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_ = _parse_next_(d.pop("next"))

        def _parse_prev(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        prev = _parse_prev(d.pop("prev"))

        partial = d.pop("partial")

        missing = cast(list[str], d.pop("missing"))

        coverage = Coverage.from_dict(d.pop("coverage"))

        post_search_page = cls(
            data=data,
            included=included,
            state=state,
            next_=next_,
            prev=prev,
            partial=partial,
            missing=missing,
            coverage=coverage,
        )

        post_search_page.additional_properties = d
        return post_search_page

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
