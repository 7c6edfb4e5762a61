from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.post_card import PostCard
    from ..models.post_included import PostIncluded
    from ..models.post_view_state import PostViewState


T = TypeVar("T", bound="PostView")


@_attrs_define
class PostView:
    """One post; its counts stand in `state`.

    Attributes:
        data (PostCard): A post as everyone sees it who may see it.
        included (PostIncluded): What posts mention: what they repost or quote, and the authors of all, once each.
        state (PostViewState):
    """

    data: PostCard
    included: PostIncluded
    state: PostViewState
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        included = self.included.to_dict()

        state = self.state.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "data": data,
                "included": included,
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.post_card import PostCard
        from ..models.post_included import PostIncluded
        from ..models.post_view_state import PostViewState

        d = dict(src_dict)
        data = PostCard.from_dict(d.pop("data"))

        included = PostIncluded.from_dict(d.pop("included"))

        state = PostViewState.from_dict(d.pop("state"))

        post_view = cls(
            data=data,
            included=included,
            state=state,
        )

        post_view.additional_properties = d
        return post_view

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
