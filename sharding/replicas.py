"""
Replicas: which of them may be read at all, by what each is known to have replayed.

A thread in each process asks primaries and replicas for their positions, once a second. A replica is read as
long as it is known to hold all that its primary had `replica_lag_s` ago. So one that stands still leaves the
rotation by itself, before the marks of callers are forgotten (30 s), and is back once it has caught up.
Positions are compared, never timestamps: behind an idle primary nobody lags.
"""

import os
import threading
import time
from collections import deque
from dataclasses import dataclass, field

import structlog
from django.db import connections
from django.db.utils import DatabaseError, InterfaceError

from sharding import outages
from sharding.backend import deadline
from sharding.conf import settings

# One that does not answer must not keep the others from being asked.
_TIMEOUT_S = 0.5
_POSITIONS = 60
_CURRENT = "SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint"
_REPLAYED = "SELECT (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Watch:
    """Where primaries were, and when each replica's primary was last where the replica now is."""

    positions: dict[str, deque[tuple[float, int]]] = field(default_factory=dict)
    proven_at: dict[str, float] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)


_watch = _Watch()
_lock = threading.Lock()
_watcher: threading.Thread | None = None
_stop = threading.Event()


def may_read(replica: str) -> bool:
    """Tell whether a replica is in the rotation; all are where nobody watches."""
    if settings().replica_check_s == 0:
        return True
    proven_at = _watch.proven_at.get(replica)
    return proven_at is not None and time.monotonic() - proven_at <= settings().replica_lag_s


def lag_s(replica: str) -> float | None:
    """Return how long ago its primary was last where it is now, as of the last look; None if unknown."""
    proven_at = _watch.proven_at.get(replica)
    return None if not proven_at else time.monotonic() - proven_at


def watch() -> None:
    """Start this process's watching, if it has not begun."""
    global _watcher
    if _watcher is not None or settings().replica_check_s == 0:
        return
    with _lock:
        if _watcher is None:
            _watcher = threading.Thread(target=_keep_looking, args=[_stop], name="replicas", daemon=True)
            _watcher.start()


def look(instance: str) -> None:
    """Ask an instance and its replicas where they are."""
    positions = _watch.positions.setdefault(instance, deque(maxlen=_POSITIONS))
    asked_at = time.monotonic()
    position = _ask(instance, _CURRENT)
    if position is not None:
        positions.append((asked_at, position))
    for replica in settings().replicas.get(instance, ()):
        replayed = _ask(replica, _REPLAYED)
        if replayed is None:
            continue
        if position is None and (not positions or replayed >= positions[-1][1]):
            # The primary is away and writes nothing that is known: this is all there is.
            _watch.proven_at[replica] = asked_at
        else:
            passed = [at for at, then in positions if then <= replayed]
            _watch.proven_at[replica] = max(passed, default=_watch.proven_at.get(replica, 0.0))
        _tell(replica)


def forget() -> None:
    """Forget what is known and end the watching; after a fork, and in tests."""
    global _watch, _watcher, _lock, _stop
    _stop.set()
    _watch, _watcher, _lock, _stop = _Watch(), None, threading.Lock(), threading.Event()


os.register_at_fork(after_in_child=forget)


def _keep_looking(stop: threading.Event) -> None:
    while True:
        for instance, replicas in settings().replicas.items():
            if replicas:
                look(instance)
        if stop.wait(settings().replica_check_s):
            return


def _ask(alias: str, sql: str) -> int | None:
    """Return a position, or None if the database does not say."""
    try:
        with deadline.within(_TIMEOUT_S), connections[alias].cursor() as cursor:
            cursor.execute(sql)
            return int(cursor.fetchone()[0])
    except (DatabaseError, InterfaceError, TypeError) as error:
        if (server := outages.server_of(error)) is not None:
            outages.met(server, error)
        return None


def _tell(replica: str) -> None:
    """Say when a replica leaves the rotation, and when it is back."""
    if may_read(replica) and replica in _watch.away:
        _watch.away.discard(replica)
        log.warning("replica_caught_up", instance=replica)
    elif not may_read(replica) and replica not in _watch.away:
        _watch.away.add(replica)
        log.warning("replica_stands_still", instance=replica)
