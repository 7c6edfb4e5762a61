"""
The hot Redis client: any number of commands in one round trip, and nothing else.

redis-py spends 234 µs of CPU on the three round trips of a home page where a socket and hiredis spend 74.
It stays the client everywhere that is not hot. Only commands of Redis 6.2 are used.
"""

import hashlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import hiredis
import structlog
from django.conf import settings

from modules.kernel.redis_address import Address, Argument, Command
from modules.kernel.wire import (
    Connection,
    HotError,
    Lost,
    RedisAway,
    Unreadable,
    keys_of,
    pack,
    to_refusal,
)
from sharding import outages
from sharding.backend.breaker import Breaker, BreakerOpen

__all__ = [
    "Command",
    "Hot",
    "HotError",
    "HotSettings",
    "RedisAway",
    "Script",
    "Unreadable",
    "count_trips",
    "hot",
]

log = structlog.get_logger(__name__)

# When it was last told that entries of a kind could not be read.
_told: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class HotSettings:
    """Where the hot Redis is, and how long anybody waits for it."""

    url: str
    timeout: float = 0.2
    failures_to_open: int = 2
    open_seconds: float = 2.0


class Script:
    """A Lua script known by its digest. A repeat of it must do no harm: a lost answer is asked for again."""

    __slots__ = ("digest", "source")

    def __init__(self, source: str) -> None:
        """Keep the source and its digest."""
        self.source = source
        self.digest = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

    def call(self, keys: Sequence[Argument] = (), args: Sequence[Argument] = ()) -> "ScriptCall":
        """Return the command that runs the script."""
        return ScriptCall(("EVALSHA", self.digest, len(keys), *keys, *args), self.source)


class ScriptCall(tuple[Argument, ...]):
    """An EVALSHA that knows its source, should the server have forgotten the script."""

    source: str

    def __new__(cls, command: Command, source: str) -> "ScriptCall":
        """Return the command as a tuple."""
        call = super().__new__(cls, command)
        call.source = source
        return call

    def in_full(self) -> Command:
        """Return the same call with the source in it, which also makes the server remember it."""
        return ("EVAL", self.source, *self[2:])


@dataclass(slots=True)
class Trips:
    """What went over the wire while somebody counted."""

    trips: int = 0
    commands: int = 0


_counters: list[Trips] = []


@contextmanager
def count_trips() -> Iterator[Trips]:
    """Count the round trips and commands of this process, all threads of it."""
    counted = Trips()
    _counters.append(counted)
    try:
        yield counted
    finally:
        _counters.remove(counted)


class Hot:
    """A client of one Redis, for all threads of a process."""

    def __init__(self, config: HotSettings) -> None:
        """Keep where to connect; nothing is connected before the first command."""
        self._address = Address.parse(config.url)
        self._timeout = config.timeout
        self._breaker = Breaker(RedisAway.server, config.failures_to_open, config.open_seconds)
        self._local = threading.local()

    def run(self, *commands: Command) -> list[Any]:
        """
        Send all commands at once and return their replies in order: bytes, int, None or lists of them.

        :raises RedisAway: if no answer can be had in time
        :raises Unreadable: if a command met what is none of ours, now gone; the others have still run
        :raises HotError: if a command is refused; the others have still run
        """
        if not commands:
            return []
        try:
            self._breaker.enter()
            replies = self._exchange(commands)
            for reply in replies:
                if isinstance(reply, hiredis.ReplyError):
                    self._repeat_forgotten(commands, replies)
                    break
        except BreakerOpen:
            raise RedisAway("the breaker is open") from None
        except Unreadable:
            self._breaker.succeed()
            raise
        except OSError as fault:
            self._drop()
            self._breaker.fail()
            raise RedisAway(str(fault) or type(fault).__name__) from fault
        self._breaker.succeed()
        return replies

    def discard(self, *keys: Argument, reason: str) -> None:
        """Drop entries that cannot be read, so that they are made anew, and tell; quiet without Redis."""
        _tell_unreadable(keys, reason)
        with suppress(RedisAway):
            self.run(("UNLINK", *keys))

    def close(self) -> None:
        """Close this thread's connection."""
        self._drop()

    def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        """Ask over this thread's connection, and once more over a new one if it was stale."""
        packed = pack(commands)
        for counter in _counters:
            counter.trips += 1
            counter.commands += len(commands)
        try:
            return self._connection().ask(packed, len(commands))
        except Lost:
            self._drop()
            return self._connection().ask(packed, len(commands))

    def _repeat_forgotten(self, commands: Sequence[Command], replies: list[Any]) -> None:
        """Run again, in full, the scripts that the server did not know."""
        forgotten = [at for at, reply in enumerate(replies) if str(reply).startswith("NOSCRIPT")]
        calls = [commands[at] for at in forgotten]
        if calls:
            full = [call.in_full() if isinstance(call, ScriptCall) else call for call in calls]
            for at, reply in zip(forgotten, self._exchange(full), strict=True):
                replies[at] = reply
        faults = {at: to_refusal(it) for at, it in enumerate(replies) if isinstance(it, hiredis.ReplyError)}
        spoiled = [at for at, fault in faults.items() if isinstance(fault, Unreadable)]
        if spoiled:
            keys = dict.fromkeys(key for at in spoiled for key in keys_of(commands[at]))
            self.discard(*keys, reason=str(faults[spoiled[0]]))
        for fault in faults.values():
            raise fault

    def _connection(self) -> Connection:
        """Return this thread's connection, made anew after a fork."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None or connection.pid != os.getpid():
            connection = self._local.connection = Connection(self._address, self._timeout)
        return connection

    def _drop(self) -> None:
        """Forget this thread's connection, whose answers can no longer be told apart."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None


def _tell_unreadable(keys: Sequence[Argument], reason: str) -> None:
    """Say which kinds of entries could not be read, each once a minute; not whose they are."""
    now = time.monotonic()
    names = [key.decode() if isinstance(key, bytes) else str(key) for key in keys]
    kinds = {name.partition(":")[0] for name in names}
    news = sorted(kind for kind in kinds if now - _told.get(kind, -outages.REMIND_S) >= outages.REMIND_S)
    if news:
        _told.update(dict.fromkeys(news, now))
        log.warning("entries_unreadable", kinds=news, reason=reason)


@cache
def _client(config: HotSettings) -> Hot:
    """Return the process's one client of these settings."""
    return Hot(config)


def hot() -> Hot:
    """Return the client of the hot Redis that the settings name."""
    return _client(settings.HOT)
