from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.nothing import Nothing
    from ..models.preferences import Preferences
    from ..models.preferences_view_state import PreferencesViewState


T = TypeVar("T", bound="PreferencesView")


@_attrs_define
class PreferencesView:
    """The caller's preferences.

    Attributes:
        data (Preferences): By which ways the caller wants to be told of what, and when not.
        included (Nothing): An empty object: what a page includes, or states, when it has nothing to.
        state (PreferencesViewState):
    """

    data: Preferences
    included: Nothing
    state: PreferencesViewState
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
        from ..models.preferences import Preferences
        from ..models.preferences_view_state import PreferencesViewState

        d = dict(src_dict)
        data = Preferences.from_dict(d.pop("data"))

        included = Nothing.from_dict(d.pop("included"))

        state = PreferencesViewState.from_dict(d.pop("state"))

        preferences_view = cls(
            data=data,
            included=included,
            state=state,
        )

        preferences_view.additional_properties = d
        return preferences_view

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
