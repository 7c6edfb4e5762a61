from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.database_status_role import DatabaseStatusRole
from ..models.database_status_state import DatabaseStatusState

if TYPE_CHECKING:
    from ..models.table_rows import TableRows


T = TypeVar("T", bound="DatabaseStatus")


@_attrs_define
class DatabaseStatus:
    """One database, asked by itself.

    `frozen` takes connections and answers nothing; `away` cannot be reached. A replica is `behind` if it did
    not get where its primary was in a third of a second; then `lag_seconds` is the age of its last commit.

        Attributes:
            name (str):
            role (DatabaseStatusRole):
            primary (None | str): Of a replica: whose it is.
            state (DatabaseStatusState):
            reason (None | str): What the driver says, if there is no answer.
            answered_ms (float | None):
            size_bytes (int | None):
            rows (int | None): The sum of the estimates.
            tables (list[TableRows]): The ten largest.
            connections (int | None):
            max_connections (int | None):
            shards (int | None): That the shard map gives to an instance.
            owned_shards (int | None): That the instance itself says it owns.
            lag_bytes (int | None):
            lag_seconds (float | None):
            turned_away_by (list[str]): The processes whose breaker is open.
    """

    name: str
    role: DatabaseStatusRole
    primary: None | str
    state: DatabaseStatusState
    reason: None | str
    answered_ms: float | None
    size_bytes: int | None
    rows: int | None
    tables: list[TableRows]
    connections: int | None
    max_connections: int | None
    shards: int | None
    owned_shards: int | None
    lag_bytes: int | None
    lag_seconds: float | None
    turned_away_by: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        role = self.role.value

        primary: None | str
        primary = self.primary

        state = self.state.value

        reason: None | str
        reason = self.reason

        answered_ms: float | None
        answered_ms = self.answered_ms

        size_bytes: int | None
        size_bytes = self.size_bytes

        rows: int | None
        rows = self.rows

        tables = []
        for tables_item_data in self.tables:
            tables_item = tables_item_data.to_dict()
            tables.append(tables_item)

        connections: int | None
        connections = self.connections

        max_connections: int | None
        max_connections = self.max_connections

        shards: int | None
        shards = self.shards

        owned_shards: int | None
        owned_shards = self.owned_shards

        lag_bytes: int | None
        lag_bytes = self.lag_bytes

        lag_seconds: float | None
        lag_seconds = self.lag_seconds

        turned_away_by = self.turned_away_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "role": role,
                "primary": primary,
                "state": state,
                "reason": reason,
                "answered_ms": answered_ms,
                "size_bytes": size_bytes,
                "rows": rows,
                "tables": tables,
                "connections": connections,
                "max_connections": max_connections,
                "shards": shards,
                "owned_shards": owned_shards,
                "lag_bytes": lag_bytes,
                "lag_seconds": lag_seconds,
                "turned_away_by": turned_away_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.table_rows import TableRows

        d = dict(src_dict)
        name = d.pop("name")

        role = DatabaseStatusRole(d.pop("role"))

        def _parse_primary(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        primary = _parse_primary(d.pop("primary"))

        state = DatabaseStatusState(d.pop("state"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_answered_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        answered_ms = _parse_answered_ms(d.pop("answered_ms"))

        def _parse_size_bytes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        size_bytes = _parse_size_bytes(d.pop("size_bytes"))

        def _parse_rows(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        rows = _parse_rows(d.pop("rows"))

        tables = []
        _tables = d.pop("tables")
        for tables_item_data in _tables:
            tables_item = TableRows.from_dict(tables_item_data)

            tables.append(tables_item)

        def _parse_connections(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        connections = _parse_connections(d.pop("connections"))

        def _parse_max_connections(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_connections = _parse_max_connections(d.pop("max_connections"))

        def _parse_shards(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        shards = _parse_shards(d.pop("shards"))

        def _parse_owned_shards(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        owned_shards = _parse_owned_shards(d.pop("owned_shards"))

        def _parse_lag_bytes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        lag_bytes = _parse_lag_bytes(d.pop("lag_bytes"))

        def _parse_lag_seconds(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        lag_seconds = _parse_lag_seconds(d.pop("lag_seconds"))

        turned_away_by = cast(list[str], d.pop("turned_away_by"))

        database_status = cls(
            name=name,
            role=role,
            primary=primary,
            state=state,
            reason=reason,
            answered_ms=answered_ms,
            size_bytes=size_bytes,
            rows=rows,
            tables=tables,
            connections=connections,
            max_connections=max_connections,
            shards=shards,
            owned_shards=owned_shards,
            lag_bytes=lag_bytes,
            lag_seconds=lag_seconds,
            turned_away_by=turned_away_by,
        )

        database_status.additional_properties = d
        return database_status

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
