"""
A Redis client for what every request asks: any number of commands in one round trip, and nothing else.

redis-py spends 234 µs of CPU on the three round trips of a home page where a socket and hiredis spend 74.
It stays the client of the cache and the broker. Only commands of Redis 6.2 are used. Which of several servers
has what is told by `servers.py`.
"""

import os
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

import hiredis
import structlog

from modules.kernel.redis.address import Address, Argument, Command
from modules.kernel.redis.script import Script, ScriptCall, count_trips, counters
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
]

log = structlog.get_logger(__name__)

# What keeps a server from answering; of these a caller is told as RedisUnavailable.
_FAILURES = (BreakerOpen, OSError, RedisUnavailable)

# When it was last told that entries of a kind could not be read.
_told: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class RedisSettings:
    """Where a Redis is, and how long anybody waits for it."""

    url: str
    timeout: float = 0.2
    failures_to_open: int = 2
    open_seconds: float = 2.0


class RedisClient:
    """A client of one Redis, for all threads of a process."""

    def __init__(self, config: RedisSettings, name: str = RedisUnavailable.server) -> None:
        """Keep where to connect and what outages call it; nothing is connected before the first command."""
        self.name = name
        self.timeout = config.timeout
        self.address = Address.parse(config.url)
        self._breaker = Breaker(name, config.failures_to_open, config.open_seconds)
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
            self._look_at(commands, replies)
        except _FAILURES as error:
            self._fail(error)
        self._breaker.succeed()
        return replies

    def send(self, commands: Sequence[Command]) -> None:
        """
        Do the first half of `run`, for who asks several servers at once; the other half is `receive`.

        :raises RedisUnavailable: if the server is away; there is nothing to be received then
        """
        packed = pack(commands)
        try:
            self._breaker.enter()
            try:
                self._connection().send(packed)
            except Lost:
                self.drop()
                self._connection().send(packed)
        except _FAILURES as error:
            self._fail(error)

    def receive(self, commands: Sequence[Command], *, within: float | None = None) -> list[Any]:
        """
        Return the replies to what was sent; raises what `run` raises.

        `within` is in seconds, where the client's own time-out has begun to run out for another server.
        """
        try:
            try:
                replies = self._connection().receive(len(commands), within=within)
            except Lost:
                self.drop()
                replies = self._connection().ask(pack(commands), len(commands))
            self._look_at(commands, replies)
        except _FAILURES as error:
            self._fail(error)
        self._breaker.succeed()
        return replies

    def discard(self, *keys: Argument, reason: str) -> None:
        """Drop entries that cannot be read, so that they are made anew, and tell; quiet without Redis."""
        _tell_unreadable(keys, reason)
        with suppress(RedisUnavailable):
            self.run(("UNLINK", *keys))

    def close(self) -> None:
        """Close this thread's connection."""
        self.drop()

    def drop(self) -> None:
        """Forget this thread's connection, whose answers can no longer be told apart."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        """Ask over this thread's connection, and once more over a new one if it was stale."""
        packed = pack(commands)
        for counter in counters:
            counter.trips += 1
            counter.commands += len(commands)
        try:
            return self._connection().ask(packed, len(commands))
        except Lost:
            self.drop()
            return self._connection().ask(packed, len(commands))

    def _look_at(self, commands: Sequence[Command], replies: list[Any]) -> None:
        """Put right what can be, and raise what was refused."""
        for reply in replies:
            if isinstance(reply, hiredis.ReplyError):
                self._repeat_forgotten(commands, replies)
                break

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

    def _fail(self, error: Exception) -> NoReturn:
        """Tell a caller of a failure, once the breaker knows."""
        if isinstance(error, Unreadable):
            self._breaker.succeed()
            raise error
        if isinstance(error, RedisUnavailable):
            error.server = self.name
            raise error
        if isinstance(error, BreakerOpen):
            raise RedisUnavailable("the breaker is open", server=self.name) from None
        self.drop()
        self._breaker.fail()
        raise RedisUnavailable(str(error) or type(error).__name__, server=self.name) from error

    def _connection(self) -> Connection:
        """Return this thread's connection, made anew after a fork."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None or connection.pid != os.getpid():
            connection = self._local.connection = Connection(self.address, self.timeout)
        return connection


def _tell_unreadable(keys: Sequence[Argument], reason: str) -> None:
    """Say which kinds of entries could not be read, each once a minute; not whose they are."""
    now = time.monotonic()
    names = [key.decode() if isinstance(key, bytes) else str(key) for key in keys]
    kinds = {name.partition(":")[0] for name in names}
    news = sorted(kind for kind in kinds if now - _told.get(kind, -outages.REMIND_S) >= outages.REMIND_S)
    if news:
        _told.update(dict.fromkeys(news, now))
        log.warning("entries_unreadable", kinds=news, reason=reason)
