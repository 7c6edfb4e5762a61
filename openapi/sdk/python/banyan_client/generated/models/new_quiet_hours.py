from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewQuietHours")


@_attrs_define
class NewQuietHours:
    """When nothing is to be pushed: every day from one time to another, which may be on the next day.

    From a time to the same time: no hour is quiet.

        Attributes:
            start (str):
            end (str):
            time_zone (str): A name of the IANA time zone database.
    """

    start: str
    end: str
    time_zone: str

    def to_dict(self) -> dict[str, Any]:
        start = self.start

        end = self.end

        time_zone = self.time_zone

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "start": start,
                "end": end,
                "time_zone": time_zone,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        start = d.pop("start")

        end = d.pop("end")

        time_zone = d.pop("time_zone")

        new_quiet_hours = cls(
            start=start,
            end=end,
            time_zone=time_zone,
        )

        return new_quiet_hours
