from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.redis_status_state import RedisStatusState

T = TypeVar("T", bound="RedisStatus")


@_attrs_define
class RedisStatus:
    """One hot Redis: whose it is, and its memory; a limit of 0 is none.

    Attributes:
        name (str):
        state (RedisStatusState):
        used_bytes (int | None):
        max_bytes (int | None):
        turned_away_by (list[str]):
    """

    name: str
    state: RedisStatusState
    used_bytes: int | None
    max_bytes: int | None
    turned_away_by: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        state = self.state.value

        used_bytes: int | None
        used_bytes = self.used_bytes

        max_bytes: int | None
        max_bytes = self.max_bytes

        turned_away_by = self.turned_away_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "state": state,
                "used_bytes": used_bytes,
                "max_bytes": max_bytes,
                "turned_away_by": turned_away_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name")

        state = RedisStatusState(d.pop("state"))

        def _parse_used_bytes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        used_bytes = _parse_used_bytes(d.pop("used_bytes"))

        def _parse_max_bytes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_bytes = _parse_max_bytes(d.pop("max_bytes"))

        turned_away_by = cast(list[str], d.pop("turned_away_by"))

        redis_status = cls(
            name=name,
            state=state,
            used_bytes=used_bytes,
            max_bytes=max_bytes,
            turned_away_by=turned_away_by,
        )

        redis_status.additional_properties = d
        return redis_status

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
