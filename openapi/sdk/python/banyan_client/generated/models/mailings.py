from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Mailings")


@_attrs_define
class Mailings:
    """What the caller wants mailed. How often they want a digest is among their notification preferences.

    Attributes:
        digest_hour (int): The hour of the caller's day at which a digest comes.
        time_zone (None | str): Of whose hours these are; null for that of their quiet hours, or UTC without any.
        next_digest_at (datetime.datetime | None): When the next digest is due; null if none is wanted. A change of
            preferences shows here within seconds.
        newsletter (bool): Whether they get the newsletter; nobody does who did not ask for it.
    """

    digest_hour: int
    time_zone: None | str
    next_digest_at: datetime.datetime | None
    newsletter: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        digest_hour = self.digest_hour

        time_zone: None | str
        time_zone = self.time_zone

        next_digest_at: None | str
        if isinstance(self.next_digest_at, datetime.datetime):
            next_digest_at = self.next_digest_at.isoformat()
        else:
            next_digest_at = self.next_digest_at

        newsletter = self.newsletter

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "digest_hour": digest_hour,
                "time_zone": time_zone,
                "next_digest_at": next_digest_at,
                "newsletter": newsletter,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        digest_hour = d.pop("digest_hour")

        def _parse_time_zone(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        time_zone = _parse_time_zone(d.pop("time_zone"))

        def _parse_next_digest_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_digest_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_digest_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_digest_at = _parse_next_digest_at(d.pop("next_digest_at"))

        newsletter = d.pop("newsletter")

        mailings = cls(
            digest_hour=digest_hour,
            time_zone=time_zone,
            next_digest_at=next_digest_at,
            newsletter=newsletter,
        )

        mailings.additional_properties = d
        return mailings

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
