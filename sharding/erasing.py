"""
Erasing an owner: every row that says that it is theirs goes, in parts, each counted in its transaction.

A sharded model is covered by its owner key and has to do nothing. What must be told to others before a row
goes (an edge, a post) is a *step* that its context registers; what has another owner (a post, a tag) says on
the model by what it goes instead (`erased_by`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from django.apps import apps
from django.db import connections
from django.db.models import Field

from sharding import outages
from sharding.conf import settings
from sharding.ids import shard_of
from sharding.models import OnceRow, ShardedModel
from sharding.scope import require_binding
from sharding.shard_map import alias_of

#: Rows that one transaction deletes: some milliseconds of locks.
PART = 500

# By ctid, for a DELETE knows no LIMIT; the rows are locked where they are found.
_DELETE = """
    DELETE FROM {table} WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM {table} WHERE {owner} = %s LIMIT %s FOR UPDATE))"""
_COUNT = "SELECT count(*) FROM {table} WHERE {owner} = %s"
_NEWS = """
    SELECT count(*) FROM (
        SELECT owner_id, payload FROM outbox_event
        UNION ALL SELECT owner_id, payload FROM outbox_delivery) AS news
    WHERE owner_id = %s OR strpos(payload::text, %s) > 0"""


class Phase(IntEnum):
    """When a step is taken: while others still have to hear of the rows, or when all have heard."""

    TOLD = 0
    SETTLED = 1


@dataclass(frozen=True, slots=True)
class Step:
    """
    What a context does with a user's own rows before the rest is simply deleted.

    `run(user_id, limit)` is called in the open transaction of the user's shard, again and again until it
    returns nothing: it ends about so many rows, records the news of that, and returns how many by table. What
    it ended and left as a row, to be deleted with its table, it counts under "". `count(user_id)` says how
    many rows there are, by table, where these say by `erased_by` that the step deletes them.
    """

    name: str
    phase: Phase
    run: Callable[[int, int], Mapping[str, int]]
    count: Callable[[int], Mapping[str, int]] | None = None


@dataclass(frozen=True, slots=True)
class Owned:
    """A table whose rows say whose they are, and by which column."""

    table: str
    owner: str

    def delete(self, owner_id: int, limit: int) -> int:
        """Delete a part of an owner's rows in the open transaction; return how many."""
        with require_binding().connection.cursor() as cursor:
            cursor.execute(self._write(_DELETE), [owner_id, limit])
            return int(cursor.rowcount)

    def count(self, owner_id: int) -> int:
        """
        Count an owner's rows on their primary.

        :raises InstanceUnavailable: if it cannot be reached
        """
        with connections[alias_of(shard_of(owner_id))].cursor() as cursor:
            cursor.execute(self._write(_COUNT), [owner_id])
            return int(cursor.fetchone()[0])

    def _write(self, statement: str) -> str:
        quote = connections[settings().directory].ops.quote_name
        return statement.format(table=quote(self.table), owner=quote(self.owner))


_steps: dict[str, Step] = {}


def register(step: Step) -> None:
    """Add a step; a second one of the same name is a mistake."""
    if step.name in _steps:
        raise ValueError(f"There are two steps {step.name}.")
    _steps[step.name] = step


def steps(phase: Phase) -> list[Step]:
    """Return the steps of a phase, in the order of their names."""
    return [_steps[name] for name in sorted(_steps) if _steps[name].phase == phase]


def sharded_models() -> list[type[ShardedModel]]:
    """Return every sharded model of the project, by table."""
    found = [model for model in apps.get_models() if issubclass(model, ShardedModel)]
    return sorted(found, key=lambda model: model._meta.db_table)


def owned_tables() -> Iterator[Owned]:
    """Yield the tables that lose an owner's rows; last the answers that are kept for repeats."""
    for model in sharded_models():
        if not model.erased_by:
            yield Owned(model._meta.db_table, _column_of(model))
    yield Owned(OnceRow._meta.db_table, "owner_id")


def _column_of(model: type[ShardedModel]) -> str:
    field = model._meta.get_field(model.owner_key)
    assert isinstance(field, Field)
    return str(field.column)


def count_owned(owner_id: int) -> dict[str, int]:
    """
    Count what an owner has, by table; of what is not there nothing is said.

    :raises InstanceUnavailable: if their instance cannot be reached
    """
    counts = {owned.table: owned.count(owner_id) for owned in owned_tables()}
    for step in _steps.values():
        counts |= step.count(owner_id) if step.count else {}
    return {table: count for table, count in counts.items() if count}


def count_news_of(owner_id: int) -> dict[str, int]:
    """
    Count what has been recorded anywhere, names this id or is its own, and has not reached everybody.

    What is dead counts: it may still be revived, and would then write what was erased. By database, without
    those that have none. Reads the outboxes from end to end, which are as long as what waits.

    :raises InstanceUnavailable: if any database cannot be reached
    """
    found: dict[str, int] = {}
    for alias in (settings().directory, *settings().instances):
        with connections[alias].cursor() as cursor:
            cursor.execute(_NEWS, [owner_id, str(owner_id)])
            (count,) = cursor.fetchone()
        if count:
            found[outages.name_of(alias)] = count
    return found
