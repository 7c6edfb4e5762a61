"""
The shard map: shard → instance, with a state and an epoch.

It lives in the directory; each process keeps a copy, read again every two seconds by a daemon thread, and
each host keeps a file, so that known users are served while the directory is down.
"""

import json
import os
import threading
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import structlog
from django.db import connections
from django.db.utils import DatabaseError, InterfaceError

from sharding import outages
from sharding.backend import deadline
from sharding.conf import settings
from sharding.errors import InstanceUnavailable, NoShard
from sharding.ids import SHARDS
from sharding.tracebacks import tell

OPEN = "open"  # takes new users; any other state does not
FILE = "shard-map.json"
_READ_S = 0.5

log = structlog.get_logger(__name__)

#: first shard, last shard, instance, state, epoch
ShardRange = tuple[int, int, str, str, int]


@dataclass(frozen=True, slots=True)
class ShardMap:
    """One reading of the map, whole or refused: a byte, a byte and a number for each shard."""

    instances: tuple[str, ...]
    states: tuple[str, ...]
    _instance: bytes
    _state: bytes
    _epoch: "array[int]"
    #: Kept, because walking 4096 shards takes milliseconds and `everywhere` asks each time.
    _ranges: tuple[ShardRange, ...] = ()

    @classmethod
    def from_ranges(cls, runs: Iterable[ShardRange]) -> "ShardMap":
        """
        Build the map from runs of shards.

        :raises NoShard: unless every shard is there exactly once
        """
        runs = sorted(runs)
        names = tuple(sorted({run[2] for run in runs}))
        states = tuple(sorted({run[3] for run in runs}))
        instance, state, epochs = bytearray(), bytearray(), array("Q")
        for first, last, name, condition, epoch in runs:
            if first != len(instance):
                break
            length = last - first + 1
            instance += bytes([names.index(name)]) * length
            state += bytes([states.index(condition)]) * length
            epochs.extend([epoch] * length)
        if len(instance) != SHARDS:
            raise NoShard("The shard map is empty or has holes: run `manage.py shards migrate`.")
        laid = cls(names, states, bytes(instance), bytes(state), epochs)
        return replace(laid, _ranges=tuple(laid._walk()))

    def alias_of(self, shard: int) -> str:
        """Return the instance that owns a shard."""
        return self.instances[self._instance[shard]]

    def state_of(self, shard: int) -> str:
        """Return a shard's state."""
        return self.states[self._state[shard]]

    def epoch_of(self, shard: int) -> int:
        """Return how often a shard changed hands, from 1."""
        return self._epoch[shard]

    def open_shards(self) -> dict[str, list[int]]:
        """Return the shards that take new users, by instance."""
        found: dict[str, list[int]] = {}
        for first, last, instance, state, _ in self.ranges():
            if state == OPEN:
                found.setdefault(instance, []).extend(range(first, last + 1))
        return found

    def ranges(self) -> list[ShardRange]:
        """Return the map as runs of equal shards, the inverse of `from_ranges`."""
        return list(self._ranges)

    def ranges_of(self, alias: str) -> list[tuple[int, int]]:
        """Return an instance's shards as (first, last), in order and never touching."""
        return list(_joined((first, last) for first, last, name, _, _ in self.ranges() if name == alias))

    def _walk(self) -> Iterator[ShardRange]:
        for key, group in groupby(range(SHARDS), key=self._entry):
            shards = list(group)
            yield shards[0], shards[-1], *key

    def _entry(self, shard: int) -> tuple[str, str, int]:
        return self.alias_of(shard), self.state_of(shard), self.epoch_of(shard)


def _joined(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    held: tuple[int, int] | None = None
    for first, last in ranges:
        if held is not None and held[1] + 1 == first:
            held = (held[0], last)
            continue
        if held is not None:
            yield held
        held = (first, last)
    if held is not None:
        yield held


# --- this process's copy -------------------------------------------------------------------------------

_current: ShardMap | None = None
_lock = threading.Lock()
_refresher: threading.Thread | None = None
_stop = threading.Event()
_readings = 0


def current() -> ShardMap:
    """
    Return this process's copy of the map, reading it first if there is none.

    :raises InstanceUnavailable: if neither the directory nor the file on disk can be read
    """
    held = _current
    return held if held is not None else _load()


def alias_of(shard: int) -> str:
    """Return the instance that owns a shard, as this process knows it."""
    return current().alias_of(shard)


def epoch_of(shard: int) -> int:
    """Return a shard's epoch, as this process knows it."""
    return current().epoch_of(shard)


def refresh() -> ShardMap:
    """
    Read the map from the directory now; callers that wait for the same reading share it.

    :raises InstanceUnavailable: if the directory cannot be read
    """
    global _current, _readings
    seen = _readings
    with _lock:
        if _readings == seen or _current is None:
            fresh = read_directory()
            if fresh != _current:
                _current = fresh
                write_file(fresh, _file())
            _readings += 1
        return _current


def forget() -> None:
    """Forget this process's copy and end its refresher; after a fork, and in tests."""
    global _current, _refresher, _lock, _stop
    _stop.set()
    _current, _refresher, _lock, _stop = None, None, threading.Lock(), threading.Event()


os.register_at_fork(after_in_child=forget)


def _load() -> ShardMap:
    global _current
    try:
        loaded = refresh()
    except DatabaseError as error:
        from_disk = read_file(_file())
        if from_disk is None:
            raise InstanceUnavailable(settings().directory) from error
        log.warning("shard_map.from_disk", path=str(_file()))
        loaded = _current = from_disk
    _start_refresher()
    return loaded


def _start_refresher() -> None:
    global _refresher
    with _lock:
        if _refresher is None and settings().shard_map_ttl > 0:
            _refresher = threading.Thread(target=_keep_fresh, args=[_stop], name="shard-map", daemon=True)
            _refresher.start()


def _keep_fresh(stop: threading.Event) -> None:
    while not stop.wait(settings().shard_map_ttl):
        try:
            refresh()
        except (DatabaseError, InterfaceError, NoShard, OSError) as error:
            _not_refreshed(error)
            connections[settings().directory].close()


def _not_refreshed(error: Exception) -> None:
    """Say so; each two seconds of an outage would be too often."""
    if (server := outages.server_of(error)) is not None:
        outages.met(server, error)
    else:
        log.warning("shard_map.not_refreshed", error=tell(error))


# --- where it is read and kept --------------------------------------------------------------------------

_READ = """
    SELECT lower(part), upper(part) - 1, instance, state, epoch
    FROM (SELECT instance, state, epoch, range_agg(int4range(shard, shard, '[]')) AS parts
          FROM shard_map GROUP BY instance, state, epoch) AS grouped, unnest(parts) AS part"""


def read_directory() -> ShardMap:
    """
    Read the map from the directory, over the calling thread's connection.

    :raises InstanceUnavailable: if the directory cannot be reached
    """
    alias = settings().directory
    # Others wait for this reading, and there is a file.
    with deadline.within(_READ_S), connections[alias].cursor() as cursor:
        cursor.execute(_READ)
        return ShardMap.from_ranges(cursor.fetchall())


def read_file(path: Path) -> ShardMap | None:
    """Return the map kept in a file, or None if there is none that can be used."""
    try:
        kept: dict[str, Any] = json.loads(path.read_text())
        return ShardMap.from_ranges(tuple(run) for run in kept["runs"])
    except (OSError, ValueError, LookupError, TypeError, NoShard):
        return None


def write_file(shard_map: ShardMap, path: Path) -> None:
    """Keep the map in a file, replaced as a whole; a full disk is logged and stops nobody."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps({"runs": shard_map.ranges()}))
        unfinished.replace(path)
    except OSError as error:
        log.warning("shard_map.not_kept", path=str(path), error=tell(error))


def _file() -> Path:
    return settings().state_dir / FILE
