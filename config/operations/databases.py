"""One look at a database, over a connection of its own and by way of no breaker: it says what is true now."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connections
from django.db.utils import DatabaseError, InterfaceError
from psycopg.errors import ConnectionTimeout

from sharding import outages, shard_map, status
from sharding.backend.base import DatabaseWrapper
from sharding.backend.breaker import Breaker
from sharding.backend.deadline import DeadlinePassed
from sharding.conf import settings
from sharding.delivery import backlog

#: How long a connection, and then each answer, is waited for.
TIMEOUT_S = 0.7
# A replica may take so long to get where its primary was as the look began.
_CATCH_UP_S = 0.3
_POLL_S = 0.02
_LARGEST = 10

_SELF = """
    SELECT pg_current_wal_lsn()::text, pg_database_size(current_database()),
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
        current_setting('max_connections')::int"""
_OF_REPLICA = """
    SELECT pg_database_size(current_database()),
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
        current_setting('max_connections')::int"""
# Estimates, for counting would read every row; of a table that was never analyzed what its statistics say.
_ROWS = """
    SELECT c.relname::text, coalesce(nullif(c.reltuples, -1)::bigint, s.n_live_tup)
    FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 2 DESC NULLS LAST, 1"""
_OWNED = "SELECT count(*) FROM shard_ownership WHERE state = 'owned'"
_IS_STANDBY = "SELECT pg_is_in_recovery()"

_IDLE_MS = 30_000
_LIMITS = f"-c statement_timeout={round(TIMEOUT_S * 1000)} -c idle_session_timeout={_IDLE_MS}"

Found = dict[str, Any]


class _Unheard(Breaker):
    """A breaker that nobody hears of, and that turns nobody away."""

    def _tell(self) -> None:
        pass


class _Onlooker(DatabaseWrapper):
    """
    A connection for looks alone, of one after the other.

    It stays while somebody watches, for opening four anew takes 6 ms of CPU; the server ends it when
    nobody does, and ends a statement that would not be waited for.
    """

    def __init__(self, alias: str) -> None:
        known = connections.settings[alias]
        limited = f"{known['OPTIONS'].get('options', '')} {_LIMITS}".lstrip()
        # A pooler refuses them: it ends idle sessions of its own, and its role limits statements.
        limits = {} if known.get("POOLED") else {"options": limited}
        super().__init__({**known, "OPTIONS": {**known["OPTIONS"], **limits}}, alias)
        self._longest_s = TIMEOUT_S
        self.inc_thread_sharing()  # the next look may have another thread

    def begin(self) -> None:
        """Forget that it was not answered: a look tries, whatever was before."""
        self.breaker = _Unheard(outages.name_of(self.alias))
        if self.connection is not None:
            self.connection.breaker = self.breaker


@cache
def _onlooker(alias: str) -> _Onlooker:
    """Return this process's connection for looks; a probe of a database is never begun beside another."""
    return _Onlooker(alias)


@dataclass(slots=True)
class Look:
    """One look at all databases: where each primary was, for its replicas to be held against."""

    max_age_s: float
    positions: dict[str, "Future[str | None]"] = field(default_factory=dict)

    def probes(self) -> dict[str, Callable[[], Found]]:
        """Return what asks each database, by its alias."""
        primaries = (settings().directory, *settings().instances)
        self.positions = {alias: Future() for alias in primaries}
        found: dict[str, Callable[[], Found]] = {}
        for alias in primaries:
            found[alias] = self._probe(alias, self._ask_primary)
            for replica in settings().replicas.get(alias, ()):
                found[replica] = self._probe(replica, self._ask_replica, of=alias)
        return found

    def _probe(self, alias: str, ask: Callable[..., Found], **more: str) -> Callable[[], Found]:
        def probe() -> Found:
            connection, started = _onlooker(alias), time.monotonic()
            connection.begin()
            try:
                found = ask(connection, **more)
            except (DatabaseError, InterfaceError) as error:
                with suppress(DatabaseError, InterfaceError):
                    connection.close()
                return {"state": _state_of(error), "reason": status.explain(error)}
            finally:
                if (position := self.positions.get(alias)) is not None and not position.done():
                    position.set_result(None)
            return {"state": "ok", "answered_ms": round((time.monotonic() - started) * 1000, 1), **found}

        return probe

    def _ask_primary(self, connection: _Onlooker) -> Found:
        with connection.cursor() as cursor:
            cursor.execute(_IS_STANDBY)
            if cursor.fetchone()[0]:
                return {"state": "demoted", "reason": "it is a standby; another was promoted"}
            cursor.execute(_SELF)
            position, size, connected, most = cursor.fetchone()
            self.positions[connection.alias].set_result(position)
            cursor.execute(_ROWS)
            tables = cursor.fetchall()
        return {
            "size_bytes": size,
            "connections": connected,
            "max_connections": most,
            "rows": sum(rows or 0 for _, rows in tables),
            "tables": [{"table": table, "rows": rows} for table, rows in tables[:_LARGEST]],
            "outbox": backlog.describe(connection, self.max_age_s),
            **_shards_of(connection),
        }

    def _ask_replica(self, connection: _Onlooker, *, of: str) -> Found:
        with connection.cursor() as cursor:
            cursor.execute(_OF_REPLICA)
            size, connected, most = cursor.fetchone()
            lag = _lag_of(cursor, self._position_of(of))
        return {"size_bytes": size, "connections": connected, "max_connections": most, **lag}

    def _position_of(self, primary: str) -> str | None:
        """Return where a primary was as it was asked, or None if it does not say in time."""
        with suppress(NotInTime):
            return self.positions[primary].result(timeout=_CATCH_UP_S)
        return None


def _lag_of(cursor: Any, position: str | None) -> Found:
    """Return how far a replica is behind, once it had time to get there."""
    until = time.monotonic() + _CATCH_UP_S
    while True:
        cursor.execute(status.LAG, [position])
        behind, seconds, is_paused = cursor.fetchone()
        if not behind or is_paused or time.monotonic() >= until:
            break
        time.sleep(_POLL_S)
    is_behind = behind is not None and behind > 0
    state = {"state": "paused"} if is_paused else {"state": "behind"} if is_behind else {}
    # Behind an idle primary the time since the last commit grows, and nothing is late.
    lag = {"lag_bytes": max(behind or 0, 0), "lag_seconds": round(seconds, 1) if is_behind else 0.0}
    return {**lag, **state}


def _shards_of(connection: _Onlooker) -> Found:
    """Return how many shards an instance has, by the map and by itself."""
    if connection.alias == settings().directory:
        return {}
    laid = shard_map.current()
    with connection.cursor() as cursor:
        cursor.execute(_OWNED)
        owned = cursor.fetchone()[0]
    mapped = sum(last - first + 1 for first, last in laid.ranges_of(connection.alias))
    return {"shards": mapped, "owned_shards": owned}


def _state_of(error: BaseException | None) -> str:
    """Return whether a server took the connection and did not answer, or could not be reached."""
    while error is not None:
        if isinstance(error, DeadlinePassed | ConnectionTimeout):
            return "frozen"
        error = error.__cause__
    return "away"
