"""Where events come from: a socket, if the package `websockets` is there, or the polling twin of one."""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import suppress
from typing import Any, Protocol

from banyan_client.generated.api.realtime import list_updates
from banyan_client.generated.client import AuthenticatedClient
from banyan_client.generated.models import UpdatePage
from banyan_client.generated.types import UNSET

try:
    from websockets.asyncio.client import ClientConnection, connect
    from websockets.exceptions import ConnectionClosed, WebSocketException
    from websockets.typing import Origin
except ImportError:  # pragma: no cover - `banyan-client[realtime]` brings it
    _IS_THERE = False
else:
    _IS_THERE = True

Frame = dict[str, Any]

# For how long a request waits for something, and the pause after one that was answered at once with nothing.
WAIT = 25
PAUSE = 3.0
_AT_ONCE = 1.0
_CLOSE_WITHIN = 2.0
_ABNORMAL = 1006


class SourceEnded(Exception):
    """Nothing more comes from a source; `code` and `reason` are those of a socket, `is_over` if it was meant to be."""

    def __init__(self, code: int = _ABNORMAL, reason: str = "", *, is_over: bool = False) -> None:
        """Keep how it ended."""
        self.code = code
        self.reason = reason
        self.is_over = is_over
        super().__init__(f"{code} {reason}")


class Source(Protocol):
    """What tells events, as frames of `docs/realtime.md`; besides, `at` says what `seq` it has come to."""

    async def next(self) -> list[Frame]:
        """
        Return what has come, as soon as something has.

        :raises SourceEnded: if nothing more will
        """

    async def say(self, frame: Frame) -> None:
        """Send a frame, if there is anybody to send it to."""

    async def close(self) -> None:
        """Let go of it."""


def has_sockets() -> bool:
    """Return whether sockets can be had at all."""
    return _IS_THERE


class Socket:
    """A socket that is open."""

    def __init__(self, connection: ClientConnection) -> None:
        """Keep the connection."""
        self._connection = connection

    @classmethod
    async def open(cls, url: str, ticket: str, since: int | None) -> Socket:
        """
        Open a socket with a ticket, at a `ws` or `wss` address.

        :raises SourceEnded: if none opens
        """
        address = f"{url}?ticket={ticket}"
        if since is not None:
            address += f"&since={since}"
        try:
            connection = await connect(
                address, origin=Origin(_origin_of(url)), compression=None, close_timeout=_CLOSE_WITHIN
            )
        # Its address has the ticket in it, and so have some of these: nothing of them is told.
        except (OSError, TimeoutError, WebSocketException):
            raise SourceEnded from None
        return cls(connection)

    async def next(self) -> list[Frame]:
        """Return the next frame."""
        try:
            frame = json.loads(await self._connection.recv())
        except ConnectionClosed as end:
            said = end.rcvd
            raise SourceEnded(said.code if said else _ABNORMAL, said.reason if said else "") from None
        except ValueError:
            raise SourceEnded from None
        return [frame] if isinstance(frame, dict) else []

    async def say(self, frame: Frame) -> None:
        """Send a frame; if it is too late for that, whoever reads will know."""
        with suppress(ConnectionClosed):
            await self._connection.send(json.dumps(frame))

    async def close(self) -> None:
        """Close it, and wait no longer for the other side than a moment."""
        await self._connection.close()


class Polling:
    """The polling twin: requests that wait where they can, each with what came since the last."""

    def __init__(self, api: AuthenticatedClient, since: int | None, *, until: float) -> None:
        """Keep where it stands, and until when (by `time.monotonic`) it asks."""
        self._api = api
        self._since = since
        self._until = until
        self._pause = 0.0

    async def next(self) -> list[Frame]:
        """Ask once; return what came, and where the log stands."""
        if time.monotonic() >= self._until:
            raise SourceEnded(is_over=True)
        await asyncio.sleep(self._pause)
        began = time.monotonic()
        since = UNSET if self._since is None else self._since
        page = await list_updates.asyncio(client=self._api, since=since, wait=WAIT)
        assert isinstance(page, UpdatePage)
        is_idle = not page.data and self._since is not None
        # Where no sockets are served nobody waits: then the caller does.
        was_quick = time.monotonic() - began < _AT_ONCE
        self._pause = PAUSE * random.uniform(0.5, 1.5) if is_idle and was_quick else 0.0
        self._since = page.seq
        told = [{"op": "resync", "seq": page.seq}] if page.resync else []
        return [*told, *(update.to_dict() for update in page.data), {"op": "at", "seq": page.seq}]

    async def say(self, frame: Frame) -> None:
        """Do nothing: there are no topics here."""

    async def close(self) -> None:
        """Do nothing: each request stands alone."""


def _origin_of(url: str) -> str:
    """Return the address as browsers name where a page is from: without a path."""
    scheme, _, rest = url.partition("://")
    return f"{scheme.replace('ws', 'http', 1)}://{rest.partition('/')[0]}"
