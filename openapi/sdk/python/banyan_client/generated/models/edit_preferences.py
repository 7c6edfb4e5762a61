from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

from ..models.edit_preferences_digest import EditPreferencesDigest
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.edit_preferences_types import EditPreferencesTypes
    from ..models.new_quiet_hours import NewQuietHours


T = TypeVar("T", bound="EditPreferences")


@_attrs_define
class EditPreferences:
    """What to change; what is left out stays as it is.

    Attributes:
        types (EditPreferencesTypes | Unset):
        digest (EditPreferencesDigest | Unset):
        quiet_hours (NewQuietHours | Unset): When nothing is to be pushed: every day from one time to another, which may
            be on the next day.

            From a time to the same time: no hour is quiet.
    """

    types: EditPreferencesTypes | Unset = UNSET
    digest: EditPreferencesDigest | Unset = UNSET
    quiet_hours: NewQuietHours | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        types: dict[str, Any] | Unset = UNSET
        if not isinstance(self.types, Unset):
            types = self.types.to_dict()

        digest: str | Unset = UNSET
        if not isinstance(self.digest, Unset):
            digest = self.digest.value

        quiet_hours: dict[str, Any] | Unset = UNSET
        if not isinstance(self.quiet_hours, Unset):
            quiet_hours = self.quiet_hours.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if types is not UNSET:
            field_dict["types"] = types
        if digest is not UNSET:
            field_dict["digest"] = digest
        if quiet_hours is not UNSET:
            field_dict["quiet_hours"] = quiet_hours

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.edit_preferences_types import EditPreferencesTypes
        from ..models.new_quiet_hours import NewQuietHours

        d = dict(src_dict)
        _types = d.pop("types", UNSET)
        types: EditPreferencesTypes | Unset
        if isinstance(_types, Unset):
            types = UNSET
        else:
            types = EditPreferencesTypes.from_dict(_types)

        _digest = d.pop("digest", UNSET)
        digest: EditPreferencesDigest | Unset
        if isinstance(_digest, Unset):
            digest = UNSET
        else:
            digest = EditPreferencesDigest(_digest)

        _quiet_hours = d.pop("quiet_hours", UNSET)
        quiet_hours: NewQuietHours | Unset
        if isinstance(_quiet_hours, Unset):
            quiet_hours = UNSET
        else:
            quiet_hours = NewQuietHours.from_dict(_quiet_hours)

        edit_preferences = cls(
            types=types,
            digest=digest,
            quiet_hours=quiet_hours,
        )

        return edit_preferences
