from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.me_view_state import MeViewState
    from ..models.nothing import Nothing
    from ..models.settings import Settings
    from ..models.user_card import UserCard


T = TypeVar("T", bound="MeView")


@_attrs_define
class MeView:
    """The caller: counts, hidden or not, stand in `state`, and what only they may know in `settings`.

    Attributes:
        data (UserCard): A user as everyone sees them.
        included (Nothing): An empty object: what a page includes, or states, when it has nothing to.
        state (MeViewState):
        settings (Settings): What a user has decided about themselves.
    """

    data: UserCard
    included: Nothing
    state: MeViewState
    settings: Settings
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        included = self.included.to_dict()

        state = self.state.to_dict()

        settings = self.settings.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "data": data,
                "included": included,
                "state": state,
                "settings": settings,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.me_view_state import MeViewState
        from ..models.nothing import Nothing
        from ..models.settings import Settings
        from ..models.user_card import UserCard

        d = dict(src_dict)
        data = UserCard.from_dict(d.pop("data"))

        included = Nothing.from_dict(d.pop("included"))

        state = MeViewState.from_dict(d.pop("state"))

        settings = Settings.from_dict(d.pop("settings"))

        me_view = cls(
            data=data,
            included=included,
            state=state,
            settings=settings,
        )

        me_view.additional_properties = d
        return me_view

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
