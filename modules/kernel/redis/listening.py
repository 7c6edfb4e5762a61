"""
Listening: one connection of an event loop on which a Redis tells what is published.

Commands are `client.py`'s, asked on threads; this only hears. The connection is made again for as long as
anybody listens, and whoever does is told when it is there again: what was published meanwhile is lost.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import hiredis
import structlog

from modules.kernel.redis.client import RedisClient
from modules.kernel.redis.wire import RedisUnavailable, pack
from sharding import outages

log = structlog.get_logger(__name__)

_CHUNK = 65536
# Seconds without a word after which the server is asked for one, and in which it must come.
_QUIET_S = 5.0
_CONNECT_S = 2.0
_PAUSES_S = (0.05, 0.2, 0.5, 1.0)

Heard = Callable[[bytes, bytes], None]


class Listener:
    """What a process hears of one Redis."""

    def __init__(self, client: RedisClient, *, heard: Heard, is_up: Callable[[], None]) -> None:
        """
        Keep whose Redis it is and who is told: of each message, and when listening has begun again.

        Both are called in the loop's own thread and must be quick.
        """
        self._client = client
        self._heard = heard
        self._is_up = is_up
        self._wanted: set[bytes] = set()
        self._awaited: dict[bytes, list[asyncio.Future[None]]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_connected(self) -> bool:
        """Return whether anything can be heard now."""
        return self._writer is not None

    def start(self) -> None:
        """Begin to listen, in the loop that runs; for ever."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def subscribe(self, channel: bytes) -> None:
        """
        Listen to a channel from here on, until `unsubscribe`; what is published after this returns is heard.

        :raises RedisUnavailable: if it cannot be now; it is listened to as soon as it can
        """
        self._wanted.add(channel)
        if self._writer is None:
            raise RedisUnavailable("nobody listens there now", server=self._client.name)
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._awaited.setdefault(channel, []).append(ready)
        self._writer.write(pack([("SUBSCRIBE", channel)]))
        try:
            await asyncio.wait_for(ready, _CONNECT_S)
        except TimeoutError:
            raise RedisUnavailable("timed out", server=self._client.name) from None

    def want(self, channel: bytes) -> None:
        """Listen to a channel as soon as that can be, and for ever."""
        self._wanted.add(channel)
        if self._writer is not None:
            self._writer.write(pack([("SUBSCRIBE", channel)]))

    def unsubscribe(self, channel: bytes) -> None:
        """Listen to a channel no longer."""
        self._wanted.discard(channel)
        if self._writer is not None:
            self._writer.write(pack([("UNSUBSCRIBE", channel)]))

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                reader, writer = await asyncio.wait_for(self._connect(), _CONNECT_S)
            except (OSError, RedisUnavailable, hiredis.HiredisError) as error:
                outages.met(self._client.name, error)
            else:
                failures = 0
                await self._listen(reader, writer)
            await asyncio.sleep(_PAUSES_S[min(failures, len(_PAUSES_S) - 1)])
            failures += 1

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection that is logged in."""
        address = self._client.address
        if address.path:
            reader, writer = await asyncio.open_unix_connection(address.path)
        else:
            name = address.host if address.context else None
            reader, writer = await asyncio.open_connection(
                address.host, address.port, ssl=address.context, server_hostname=name
            )
        # The database does not matter: channels are the server's.
        log_in = [command for command in address.greeting if command[0] == "AUTH"]
        if log_in:
            writer.write(pack(log_in))
            said = await reader.readline()
            if not said.startswith(b"+"):
                writer.close()
                raise RedisUnavailable(said.decode(errors="replace").strip())
        return reader, writer

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hear what comes until the connection ends."""
        try:
            parser = hiredis.Reader()
            await self._begin(reader, writer, parser)
            await self._hear(reader, writer, parser)
        except (OSError, EOFError, hiredis.HiredisError) as error:
            outages.met(self._client.name, error)
        finally:
            self._writer = None
            writer.close()
            self._refuse()

    async def _begin(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, parser: hiredis.Reader
    ) -> None:
        """Listen to all that is wanted, and say so."""
        wanted = list(self._wanted)
        missing = len(wanted)
        if wanted:
            writer.write(pack([("SUBSCRIBE", *wanted)]))
        while missing:
            for reply in await self._next(reader, parser):
                missing -= reply[0] == b"subscribe"
                self._take(reply)
        self._writer = writer
        late = self._wanted - set(wanted)
        if late:
            writer.write(pack([("SUBSCRIBE", *late)]))
        self._is_up()

    async def _hear(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, parser: hiredis.Reader
    ) -> None:
        is_asked = False
        while True:
            try:
                replies = await self._next(reader, parser)
            except TimeoutError:
                if is_asked:
                    raise
                is_asked = True
                writer.write(pack([("PING",)]))
                continue
            is_asked = False
            for reply in replies:
                self._take(reply)

    async def _next(self, reader: asyncio.StreamReader, parser: hiredis.Reader) -> Iterable[Any]:
        """
        Return what comes next.

        :raises TimeoutError: if nothing comes
        :raises EOFError: if the connection has ended
        """
        chunk = await asyncio.wait_for(reader.read(_CHUNK), _QUIET_S)
        if not chunk:
            raise EOFError("Redis closed the connection")
        parser.feed(chunk)
        replies = []
        while (reply := parser.gets()) is not False:
            replies.append(reply)
        return replies

    def _take(self, reply: Any) -> None:
        if not isinstance(reply, list) or len(reply) != 3:
            return
        kind, channel, data = reply
        if kind == b"message":
            try:
                self._heard(channel, data)
            except Exception:
                # One message that nobody can take must not make a process deaf.
                log.exception("message_not_taken")
        elif kind == b"subscribe":
            for ready in self._awaited.pop(channel, ()):
                if not ready.done():
                    ready.set_result(None)

    def _refuse(self) -> None:
        """Tell who waits to be heard that the connection has ended."""
        waiting, self._awaited = self._awaited, {}
        for ready in (each for group in waiting.values() for each in group):
            with suppress(asyncio.InvalidStateError):
                ready.set_exception(RedisUnavailable("the connection ended", server=self._client.name))
