"""
A Redis client for what every request asks: any number of commands in one round trip, and nothing else.

redis-py spends 234 µs of CPU on the three round trips of a home page where a socket and hiredis spend 74.
It stays the client of the cache and the broker. Only commands of Redis 6.2 are used.
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
from django.core.signals import setting_changed

from modules.kernel.redis.address import Address, Argument, Command
from modules.kernel.redis.wire import (
    Connection,
    Lost,
    RedisCommandError,
    RedisUnavailable,
    Unreadable,
    keys_of,
    pack,
    to_refusal,
)
from sharding import outages
from sharding.backend.breaker import Breaker, BreakerOpen

__all__ = [
    "Command",
    "RedisClient",
    "RedisCommandError",
    "RedisSettings",
    "RedisUnavailable",
    "Script",
    "ScriptCall",
    "Unreadable",
    "count_trips",
    "redis",
]

log = structlog.get_logger(__name__)

# What Redis is asked for: home windows with the sets of who follows whom, rendered cards, sessions and other
# credentials with their revocations and freshness marks, limits. Each may have a server of its own.
PURPOSES = ("timelines", "cards", "sessions", "limits")

# When it was last told that entries of a kind could not be read.
_told: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class RedisSettings:
    """Where a Redis is, and how long anybody waits for it."""

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
class RoundTrips:
    """What went over the wire while somebody counted."""

    trips: int = 0
    commands: int = 0


_counters: list[RoundTrips] = []


@contextmanager
def count_trips() -> Iterator[RoundTrips]:
    """Count the round trips and commands of this process, all threads of it."""
    counted = RoundTrips()
    _counters.append(counted)
    try:
        yield counted
    finally:
        _counters.remove(counted)


class RedisClient:
    """A client of one Redis, for all threads of a process."""

    def __init__(self, config: RedisSettings) -> None:
        """Keep where to connect; nothing is connected before the first command."""
        self._address = Address.parse(config.url)
        self._timeout = config.timeout
        self._breaker = Breaker(RedisUnavailable.server, config.failures_to_open, config.open_seconds)
        self._local = threading.local()

    def run(self, *commands: Command) -> list[Any]:
        """
        Send all commands at once and return their replies in order: bytes, int, None or lists of them.

        :raises RedisUnavailable: if no answer can be had in time
        :raises Unreadable: if a command met what is none of ours, now gone; the others have still run
        :raises RedisCommandError: if a command is refused; the others have still run
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
            raise RedisUnavailable("the breaker is open") from None
        except Unreadable:
            self._breaker.succeed()
            raise
        except OSError as error:
            self._drop()
            self._breaker.fail()
            raise RedisUnavailable(str(error) or type(error).__name__) from error
        self._breaker.succeed()
        return replies

    def discard(self, *keys: Argument, reason: str) -> None:
        """Drop entries that cannot be read, so that they are made anew, and tell; quiet without Redis."""
        _tell_unreadable(keys, reason)
        with suppress(RedisUnavailable):
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
        errors = {at: to_refusal(it) for at, it in enumerate(replies) if isinstance(it, hiredis.ReplyError)}
        spoiled = [at for at, error in errors.items() if isinstance(error, Unreadable)]
        if spoiled:
            keys = dict.fromkeys(key for at in spoiled for key in keys_of(commands[at]))
            self.discard(*keys, reason=str(errors[spoiled[0]]))
        for error in errors.values():
            raise error

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
def _client(config: RedisSettings) -> RedisClient:
    """Return the process's one client of these settings: purposes that name one server share its breaker."""
    return RedisClient(config)


@cache
def redis(purpose: str) -> RedisClient:
    """Return the client for one of the `PURPOSES`; the settings say where its server is."""
    return _client(settings.REDIS[purpose])


def forget_clients(**_: object) -> None:
    """Make every client anew at its next use: the settings have changed."""
    redis.cache_clear()
    _client.cache_clear()


setting_changed.connect(forget_clients, dispatch_uid="redis-clients")
