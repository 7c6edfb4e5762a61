"""
What waits in the outboxes, and what is dead: for whoever operates the system.

Each database is asked by itself, so that one that is away hides nothing of the others.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.utils import DatabaseError

from sharding import outages, outbox, scatter, status
from sharding.conf import settings
from sharding.delivery.relay import LEADER_LOCK
from sharding.ids import moment_of

_RECORDED = """
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at)), 0)::float
    FROM outbox_event"""
# What is due later is leased or backed off; the id of an event says when it was minted.
_DELIVERIES = """
    SELECT subscriber, count(*) FILTER (WHERE state <> 'dead'), count(*) FILTER (WHERE state = 'dead'),
        min(event_id) FILTER (WHERE state <> 'dead')
    FROM outbox_delivery GROUP BY subscriber ORDER BY subscriber"""
# What none that runs this release will make deliveries of.
_UNKNOWN = "SELECT name, count(*) FROM outbox_event WHERE name <> ALL(%s) GROUP BY name ORDER BY name"
_LEADER = """
    SELECT s.pid, coalesce(host(s.client_addr), 'local') FROM pg_locks l JOIN pg_stat_activity s USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %s AND l.objid = 1 AND l.objsubid = 2
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
_DEAD = """
    SELECT event_id, subscriber, owner_id, name, failures, error FROM outbox_delivery
    WHERE state = 'dead' AND {narrowed} ORDER BY event_id, subscriber"""
# What is dead is under way no more.
_WITH_NEWS = """
    SELECT owner_id FROM outbox_event WHERE owner_id = ANY(%s)
    UNION SELECT owner_id FROM outbox_delivery WHERE owner_id = ANY(%s) AND state <> 'dead'"""
_REVIVE = """
    UPDATE outbox_delivery SET state = 'waiting', failures = 0, error = '', due_at = clock_timestamp()
    WHERE state = 'dead' AND {narrowed}"""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which dead deliveries are meant; whatever is empty means all."""

    event_ids: Collection[int] = ()
    subscriber: str = ""

    def apply(self, sql: str) -> tuple[str, list[Any]]:
        """Return a statement with its arguments."""
        conditions: list[str] = ["true"]
        arguments: list[Any] = []
        if self.event_ids:
            conditions.append("event_id = ANY(%s)")
            arguments.append(list(self.event_ids))
        if self.subscriber:
            conditions.append("subscriber = %s")
            arguments.append(self.subscriber)
        return sql.format(narrowed=" AND ".join(conditions)), arguments


def list_backlogs(*, max_age_s: float) -> list[dict[str, Any]]:
    """
    Return one entry for the directory and for each instance.

    `is_well` is False where a database is away or has no leading relay, where a delivery is dead, or
    something has waited for longer than `max_age_s` seconds. `unknown` are the events that only a later
    release knows, for whoever has loaded those of this one.
    """
    known = outbox.known_names()

    def read(alias: str) -> dict[str, Any]:
        entry = describe(connections[alias], max_age_s)
        return entry | {"unknown": _list_unknown(alias, known) if known else []}

    return _ask_each(read)


def describe(connection: BaseDatabaseWrapper, max_age_s: float) -> dict[str, Any]:
    """Return what one database's outbox holds, without its name; `list_backlogs` says what is well."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORDED)
        recorded, recorded_age = cursor.fetchone()
        cursor.execute(_DELIVERIES)
        subscribers = [
            {"subscriber": name, "waiting": waiting, "dead": dead, "oldest_seconds": _age_of(oldest_id)}
            for name, waiting, dead, oldest_id in cursor.fetchall()
        ]
        cursor.execute(_LEADER, [LEADER_LOCK])
        leader = cursor.fetchone()
    oldest = max([recorded_age, *(each["oldest_seconds"] for each in subscribers)])
    return {
        "leader": None if leader is None else {"pid": leader[0], "address": leader[1]},
        "recorded": recorded,
        "waiting": sum(each["waiting"] for each in subscribers),
        "dead": sum(each["dead"] for each in subscribers),
        "oldest_seconds": round(oldest, 1),
        "subscribers": subscribers,
        "is_well": leader is not None
        and oldest <= max_age_s
        and not any(each["dead"] for each in subscribers),
    }


def list_dead(narrowing: Narrowing) -> list[dict[str, Any]]:
    """Return one entry for each database, with its dead deliveries: the oldest first."""

    def read(alias: str) -> dict[str, Any]:
        columns = ("event_id", "subscriber", "owner_id", "name", "failures", "error")
        return {"dead": [dict(zip(columns, row, strict=True)) for row in _query(alias, _DEAD, narrowing)]}

    return _ask_each(read)


def revive(narrowing: Narrowing) -> list[dict[str, Any]]:
    """
    Make dead deliveries due again; return how many for each database.

    What the same owner did later was delivered meanwhile: a subscriber sees the revived one after it.
    """

    def write(alias: str) -> dict[str, Any]:
        with connections[alias].cursor() as cursor:
            cursor.execute(*narrowing.apply(_REVIVE))
            return {"revived": cursor.rowcount}

    return _ask_each(write)


def owners_with_news(owner_ids: Collection[int]) -> set[int]:
    """
    Return those owners of whom something recorded has not reached everybody yet.

    :raises InstanceUnavailable: if a database that holds their news is away
    """
    if not owner_ids:
        return set()

    def read(cursor: CursorWrapper, mine: list[int]) -> list[int]:
        cursor.execute(_WITH_NEWS, [mine, mine])
        return [owner_id for (owner_id,) in cursor.fetchall()]

    with connections[settings().directory].cursor() as cursor:
        of_directory = read(cursor, list(owner_ids))
    return {*of_directory, *scatter.read_per_instance(owner_ids, read, on_primary=True)}


def _list_unknown(alias: str, known: list[str]) -> list[dict[str, Any]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(_UNKNOWN, [known])
        return [{"name": name, "recorded": recorded} for name, recorded in cursor.fetchall()]


def _age_of(event_id: int | None) -> float:
    return round(time.time() - moment_of(event_id).timestamp(), 1) if event_id else 0.0


def _query(alias: str, sql: str, narrowing: Narrowing) -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(*narrowing.apply(sql))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _ask_each(ask: Callable[[str], dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what each database answers, or why it does not."""
    entries: list[dict[str, Any]] = []
    for alias in (settings().directory, *settings().instances):
        entry: dict[str, Any] = {"instance": outages.name_of(alias)}
        try:
            entry |= ask(alias)
        except DatabaseError as error:
            entry |= {"is_well": False, "error": status.explain(error)}
        entries.append(entry)
    return entries
