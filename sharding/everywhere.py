"""Everywhere: one query on every instance, with a deadline, without residue, merged in the query's order."""

from collections.abc import Callable
from typing import Any, Protocol

from django.db import models
from django.db.models import F, QuerySet

from sharding import binding, freshness, scatter, shard_map
from sharding.errors import Refused, WrongShard
from sharding.pins import Pin
from sharding.querysets import ShardedQuerySet
from sharding.scatter import Scattered


class PinnedRows(Protocol):
    """What is asked of a manager: its model, and a queryset that is read where a pin says."""

    model: type[Any]

    def pinned(self, pin: Pin) -> ShardedQuerySet[Any]:
        """Return a queryset pinned here."""


class InShards(models.Func):
    """Whether a column's value belongs to some ranges of shards; a multirange is one short parameter."""

    output_field = models.BooleanField()

    def __init__(self, column: str, ranges: list[tuple[int, int]]) -> None:
        text = ",".join(f"[{first},{last}]" for first, last in ranges)
        super().__init__(F(column), models.Value(f"{{{text}}}"))

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        """Write `shard_of(column) <@ ranges`."""
        column, ranges = self.get_source_expressions()
        column_sql, column_params = compiler.compile(column)
        ranges_sql, ranges_params = compiler.compile(ranges)
        return f"(shard_of({column_sql}) <@ {ranges_sql}::int4multirange)", (*column_params, *ranges_params)


def read_everywhere(
    manager: PinnedRows,
    query: Callable[[ShardedQuerySet[Any]], QuerySet[Any, Any]],
    within: float,
    *,
    on_primary: bool,
) -> Scattered[Any]:
    """
    Run a query on every instance that owns shards and merge what came in time.

    :raises WrongShard: inside a binding
    :raises Refused: for a query with an offset, or ordered by what its rows do not show
    """
    if binding.current() is not None:
        raise WrongShard("Other instances cannot be read inside a transaction of one.")
    snapshot = shard_map.current()
    shape = query(manager.pinned(Pin(None, scoped=True, at=snapshot.instances[0])))
    if shape.query.low_mark:
        raise Refused("An offset means nothing across instances: filter by the last key instead.")

    def leg(instance: str) -> Callable[[], list[Any]]:
        ranges = snapshot.ranges_of(instance)
        # Where shards have ever moved, the mark of another instance rules replicas out.
        epoch = max(epoch for _, _, owner, _, epoch in snapshot.ranges() if owner == instance)

        def read_at(alias: str) -> list[Any]:
            rows = manager.pinned(Pin(None, scoped=True, at=alias))
            return list(query(rows.filter(InShards(manager.model.owner_key, ranges))))

        def read() -> list[Any]:
            return read_at(instance) if on_primary else freshness.read(instance, epoch, read_at)

        return read

    answers, missing = scatter.run_within({name: leg(name) for name in snapshot.instances}, within)
    rows = [row for answer in answers.values() for row in answer]
    return Scattered(_merge(rows, shape)[: shape.query.high_mark], missing)


def _merge(rows: list[Any], shape: QuerySet[Any, Any]) -> list[Any]:
    """Sort by the query's own order; a stable sort for each key, the last one first."""
    for name in reversed(shape.query.order_by):
        if not isinstance(name, str):
            raise Refused("Rows of several instances merge by plain field names only.")
        field = name.removeprefix("-")
        rows.sort(key=lambda row: _sort_key(row, field), reverse=name.startswith("-"))
    return rows


def _sort_key(row: Any, field: str) -> tuple[bool, Any]:
    if isinstance(row, models.Model):
        value = getattr(row, field)
    elif isinstance(row, dict):
        value = row[field]
    else:
        raise Refused("Ordered rows of several instances must be models or dicts.")
    # As PostgreSQL does: nulls last when rising, first when falling.
    return value is None, value
