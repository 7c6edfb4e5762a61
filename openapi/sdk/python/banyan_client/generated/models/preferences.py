from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.preferences_digest import PreferencesDigest

if TYPE_CHECKING:
    from ..models.preferences_types import PreferencesTypes
    from ..models.quiet_hours import QuietHours


T = TypeVar("T", bound="Preferences")


@_attrs_define
class Preferences:
    """By which ways the caller wants to be told of what, and when not.

    Attributes:
        types (PreferencesTypes):
        digest (PreferencesDigest): How often a mail sums up what was not seen.
        quiet_hours (None | QuietHours):
    """

    types: PreferencesTypes
    digest: PreferencesDigest
    quiet_hours: None | QuietHours
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.quiet_hours import QuietHours

        types = self.types.to_dict()

        digest = self.digest.value

        quiet_hours: dict[str, Any] | None
        if isinstance(self.quiet_hours, QuietHours):
            quiet_hours = self.quiet_hours.to_dict()
        else:
            quiet_hours = self.quiet_hours

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "types": types,
                "digest": digest,
                "quiet_hours": quiet_hours,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.preferences_types import PreferencesTypes
        from ..models.quiet_hours import QuietHours

        d = dict(src_dict)
        types = PreferencesTypes.from_dict(d.pop("types"))

        digest = PreferencesDigest(d.pop("digest"))

        def _parse_quiet_hours(data: object) -> None | QuietHours:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                quiet_hours_type_0 = QuietHours.from_dict(data)

                return quiet_hours_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | QuietHours, data)

        quiet_hours = _parse_quiet_hours(d.pop("quiet_hours"))

        preferences = cls(
            types=types,
            digest=digest,
            quiet_hours=quiet_hours,
        )

        preferences.additional_properties = d
        return preferences

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
