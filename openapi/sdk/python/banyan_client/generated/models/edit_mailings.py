from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="EditMailings")


@_attrs_define
class EditMailings:
    """What to change; what is left out stays as it is.

    Attributes:
        digest_hour (int | Unset):
        time_zone (None | str | Unset): A name of the IANA time zone database; null for that of the quiet hours.
        newsletter (bool | Unset):
    """

    digest_hour: int | Unset = UNSET
    time_zone: None | str | Unset = UNSET
    newsletter: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        digest_hour = self.digest_hour

        time_zone: None | str | Unset
        if isinstance(self.time_zone, Unset):
            time_zone = UNSET
        else:
            time_zone = self.time_zone

        newsletter = self.newsletter

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if digest_hour is not UNSET:
            field_dict["digest_hour"] = digest_hour
        if time_zone is not UNSET:
            field_dict["time_zone"] = time_zone
        if newsletter is not UNSET:
            field_dict["newsletter"] = newsletter

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        digest_hour = d.pop("digest_hour", UNSET)

        def _parse_time_zone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        time_zone = _parse_time_zone(d.pop("time_zone", UNSET))

        newsletter = d.pop("newsletter", UNSET)

        edit_mailings = cls(
            digest_hour=digest_hour,
            time_zone=time_zone,
            newsletter=newsletter,
        )

        return edit_mailings
