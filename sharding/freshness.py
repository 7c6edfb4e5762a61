"""
Freshness: whoever wrote reads their own writes, from a replica when one has caught up.

After a commit the position of the instance's log is noted. A read compares it with what *the very replica
chosen* has replayed, waits a moment, and else takes the primary. Positions are compared, never timestamps.
"""

import random
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from django.db import connections
from django.db.utils import DatabaseError, InterfaceError

from sharding import replicas as watching
from sharding.conf import settings
from sharding.errors import InstanceUnavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LsnMark:
    """A position in an instance's log, and the epoch of the shard written to."""

    epoch: int
    lsn: int


class _Marks:
    """What the caller brought (loaded at first need) and what was written since."""

    def __init__(self, loader: Callable[[], Mapping[str, LsnMark]] | None) -> None:
        self._loader = loader
        self._loaded: Mapping[str, LsnMark] = {}
        self.written: dict[str, LsnMark] = {}

    def known(self) -> dict[str, LsnMark]:
        if self._loader is not None:
            loader, self._loader = self._loader, None
            self._loaded = loader()
        return merge(self._loaded, self.written)


_marks: ContextVar[_Marks | None] = ContextVar("sharding_freshness", default=None)

#: Per process: how far each replica is known to be, and until when it is left alone.
_replayed: dict[str, int] = {}
_down_until: dict[str, float] = {}
_DOWN_S = 1.0
_POLL_S = 0.002


def begin(loader: Callable[[], Mapping[str, LsnMark]] | None = None) -> None:
    """Start a request or a task: `loader` brings the caller's marks, and is called at most once."""
    _marks.set(_Marks(loader))


def marks() -> dict[str, LsnMark]:
    """Return what was written since `begin`, by instance."""
    holder = _marks.get()
    return dict(holder.written) if holder is not None else {}


def merge(first: Mapping[str, LsnMark], second: Mapping[str, LsnMark]) -> dict[str, LsnMark]:
    """Return the later mark of each instance."""
    merged = dict(first)
    for alias, mark in second.items():
        known = merged.get(alias)
        if known is None or (known.lsn, known.epoch) < (mark.lsn, mark.epoch):
            merged[alias] = mark
    return merged


def encode(many: Mapping[str, LsnMark]) -> str:
    """Return marks as plain text: `a:1:3F2A08,b:…`; signing is the caller's."""
    return ",".join(f"{alias}:{mark.epoch}:{mark.lsn:X}" for alias, mark in sorted(many.items()))


def decode(text: str) -> dict[str, LsnMark]:
    """
    Return the marks in a text, the inverse of `encode`.

    :raises ValueError: if the text is not what `encode` writes
    """
    decoded = {}
    for part in text.split(",") if text else ():
        alias, epoch, lsn = part.split(":")
        decoded[alias] = LsnMark(int(epoch), int(lsn, 16))
    return decoded


def note(instance: str, epoch: int) -> None:
    """Note an instance's log position after a commit; costs one round trip, none without replicas."""
    if not settings().replicas.get(instance):
        return
    with connections[instance].cursor() as cursor:
        cursor.execute("SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint")
        mark = LsnMark(epoch, cursor.fetchone()[0])
    holder = _marks.get()
    if holder is None:
        holder = _Marks(None)
        _marks.set(holder)
    holder.written = merge(holder.written, {instance: mark})


def choose(instance: str, epoch: int) -> str:
    """Return the alias to read from: a replica that is fresh enough for this caller, else the primary."""
    replicas = settings().replicas.get(instance)
    if not replicas:
        return instance
    watching.watch()
    needed = _needed(instance, epoch)
    now = time.monotonic()
    awake = [one for one in replicas if _down_until.get(one, 0.0) <= now and watching.may_read(one)]
    if needed is None or not awake:
        return instance
    replica = random.choice(awake)  # noqa: S311 - spreading load, not guarding anything
    if _is_caught_up(replica, needed):
        return replica
    mark_down(replica)
    return instance


def read(instance: str, epoch: int, read_at: Callable[[str], T]) -> T:
    """
    Run a read on a replica that is fresh enough; when it breaks, on the next one, at last on the primary.

    :raises InstanceUnavailable: if the primary cannot be reached either
    """
    while True:
        alias = choose(instance, epoch)
        try:
            return read_at(alias)
        except InstanceUnavailable:
            if not mark_down(alias):
                raise


def mark_down(alias: str) -> bool:
    """Leave a replica alone for a second; tell whether it is one."""
    is_replica = alias not in settings().instances
    if is_replica:
        _down_until[alias] = time.monotonic() + _DOWN_S
    return is_replica


def forget_replicas() -> None:
    """Forget what is known of replicas; after a replica was rebuilt, and in tests."""
    _replayed.clear()
    _down_until.clear()


def _needed(instance: str, epoch: int) -> int | None:
    """The position a replica must have passed; None if none can prove anything."""
    holder = _marks.get()
    known = holder.known() if holder is not None else {}
    if (mark := known.get(instance)) is not None:
        return mark.lsn
    # The mark of another instance proves nothing about a shard that has moved since.
    return None if known and epoch > 1 else 0


def _is_caught_up(replica: str, lsn: int) -> bool:
    # Replay only goes forward, so what was seen once need not be asked again.
    if _replayed.get(replica, 0) >= lsn:
        return True
    deadline = time.monotonic() + settings().freshness_wait_ms / 1000
    try:
        while (seen := _ask_replayed(replica)) < lsn:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_S)
    except (DatabaseError, InterfaceError):
        return False
    _replayed[replica] = seen
    return True


def _ask_replayed(replica: str) -> int:
    with connections[replica].cursor() as cursor:
        # NULL on a server that is no replica (a test's mirror): it holds every commit of its own.
        cursor.execute("SELECT (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint")
        seen = cursor.fetchone()[0]
    return 2**63 - 1 if seen is None else int(seen)
