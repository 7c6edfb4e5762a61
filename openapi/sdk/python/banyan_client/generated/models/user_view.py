from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.nothing import Nothing
    from ..models.user_card import UserCard
    from ..models.user_view_state import UserViewState


T = TypeVar("T", bound="UserView")


@_attrs_define
class UserView:
    """One user; the counts of followers stand in `state`.

    Attributes:
        data (UserCard): A user as everyone sees them.
        included (Nothing): An empty object: what a page includes, or states, when it has nothing to.
        state (UserViewState):
    """

    data: UserCard
    included: Nothing
    state: UserViewState
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
        from ..models.nothing import Nothing
        from ..models.user_card import UserCard
        from ..models.user_view_state import UserViewState

        d = dict(src_dict)
        data = UserCard.from_dict(d.pop("data"))

        included = Nothing.from_dict(d.pop("included"))

        state = UserViewState.from_dict(d.pop("state"))

        user_view = cls(
            data=data,
            included=included,
            state=state,
        )

        user_view.additional_properties = d
        return user_view

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
