from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.post_card import PostCard
    from ..models.post_included import PostIncluded
    from ..models.user_post_page_state import UserPostPageState


T = TypeVar("T", bound="UserPostPage")


@_attrs_define
class UserPostPage:
    """A page of a user's posts; `pinned` is on the first if it was asked for, its cards are included.

    Attributes:
        data (list[PostCard]):
        included (PostIncluded): What posts mention: what they repost or quote, and the authors of all, once each.
        state (UserPostPageState):
        next_ (None | str):
        prev (None | str):
        partial (bool): Whether a part of what belongs here cannot be read now; ask again later. Default: False.
        missing (list[str]): The ids of what belongs here and is not in `data`.
        pinned (list[str] | Unset): What the user has pinned, of what the caller may see: the newest pin first.
    """

    data: list[PostCard]
    included: PostIncluded
    state: UserPostPageState
    next_: None | str
    prev: None | str
    missing: list[str]
    partial: bool = False
    pinned: list[str] | Unset = UNSET
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

        pinned: list[str] | Unset = UNSET
        if not isinstance(self.pinned, Unset):
            pinned = self.pinned

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
            }
        )
        if pinned is not UNSET:
            field_dict["pinned"] = pinned

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.post_card import PostCard
        from ..models.post_included import PostIncluded
        from ..models.user_post_page_state import UserPostPageState

        d = dict(src_dict)
        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = PostCard.from_dict(data_item_data)

            data.append(data_item)

        included = PostIncluded.from_dict(d.pop("included"))

        state = UserPostPageState.from_dict(d.pop("state"))

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

        pinned = cast(list[str], d.pop("pinned", UNSET))

        user_post_page = cls(
            data=data,
            included=included,
            state=state,
            next_=next_,
            prev=prev,
            partial=partial,
            missing=missing,
            pinned=pinned,
        )

        user_post_page.additional_properties = d
        return user_post_page

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
