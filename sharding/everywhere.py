"""Everywhere: one query on every instance, with a deadline, without residue, merged in the query's order."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from django.db import connections, models, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F, QuerySet
from django.db.utils import OperationalError

from sharding import binding, freshness, scatter, shard_map
from sharding.backend import deadline
from sharding.conf import settings
from sharding.errors import InstanceUnavailable, Refused, WrongShard, sqlstate_of
from sharding.ids import shard_of
from sharding.pins import Pin
from sharding.querysets import ShardedQuerySet
from sharding.scatter import STATEMENT_TIMEOUT, Scattered

T = TypeVar("T")

_LIMIT = "SELECT set_config('statement_timeout', %s, true)"


class PinnedRows(Protocol):
    """What is asked of a manager: its model, and a queryset that is read where a pin says."""

    model: type[Any]

    def pinned(self, pin: Pin) -> ShardedQuerySet[Any]:
        """Return a queryset pinned here."""


class InShards(models.Func):
    """Whether a column's value belongs to some ranges of shards; a multirange is one short parameter."""

    output_field = models.BooleanField()

    def __init__(self, column: str, ranges: list[tuple[int, int]]) -> None:
        super().__init__(F(column), models.Value(as_multirange(ranges)))

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


def read_within(
    read: Callable[[CursorWrapper, str], list[T]],
    within: float,
    *,
    owner_id: int | None = None,
    on_primary: bool = False,
) -> Scattered[T]:
    """
    Run a raw read on every instance that owns shards, or on an owner's alone, and join what came in time.

    `read` gets the instance's shards as the text of an int4multirange, by which its SQL must limit its rows:
    that is what keeps residue out. The server itself ends a statement when the time is up.

    :raises WrongShard: inside a binding
    """
    if binding.current() is not None:
        raise WrongShard("Other instances cannot be read inside a transaction of one.")
    snapshot = shard_map.current()
    instances = snapshot.instances if owner_id is None else (shard_map.alias_of(shard_of(owner_id)),)

    def leg(instance: str) -> Callable[[], list[T]]:
        ranges = as_multirange(snapshot.ranges_of(instance))
        epoch = max(epoch for _, _, owner, _, epoch in snapshot.ranges() if owner == instance)

        def read_at(alias: str) -> list[T]:
            with transaction.atomic(using=alias), connections[alias].cursor() as cursor:  # noqa: TID251
                cursor.execute(_LIMIT, [f"{within * 1000:.0f}ms"])
                found = read(cursor, ranges)
                # Nothing was written, and a COMMIT would count as an outcome that may be unknown.
                transaction.set_rollback(True, using=alias)
            return found

        return lambda: read_at(instance) if on_primary else freshness.read(instance, epoch, read_at)

    answers, missing = scatter.run_within({name: leg(name) for name in instances}, within)
    return Scattered([row for answer in answers.values() for row in answer], missing)


def read_directory_within(read: Callable[[CursorWrapper], T], within: float) -> T:
    """
    Run a raw read on the directory, which itself ends a statement when the time is up.

    :raises InstanceUnavailable: if it was, or the directory cannot be reached
    """
    alias = settings().directory
    allowed = min(within, deadline.allowed_s())
    try:
        with deadline.within(allowed), transaction.atomic(using=alias), connections[alias].cursor() as cursor:  # noqa: TID251
            cursor.execute(_LIMIT, [f"{within * 1000:.0f}ms"])
            found = read(cursor)
            transaction.set_rollback(True, using=alias)
    except OperationalError as error:
        if sqlstate_of(error) != STATEMENT_TIMEOUT:
            raise
        raise InstanceUnavailable(alias) from error
    return found


def as_multirange(ranges: list[tuple[int, int]]) -> str:
    """Return ranges of shards as the text of an int4multirange."""
    text = ",".join(f"[{first},{last}]" for first, last in ranges)
    return f"{{{text}}}"


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
