"""Mailboxes: what waits for one socket, in order, and never more than so much."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

Message = dict[str, Any]


class Mailbox:
    """What waits for a reader; one that overflows takes nothing more, and says so once."""

    __slots__ = ("_is_full", "_limit", "_messages", "_on_full", "_waiter")

    def __init__(self, limit: int) -> None:
        """Keep how much may wait."""
        self._limit = limit
        self._messages: deque[Message] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._is_full = False
        self._on_full: Callable[[], None] = lambda: None

    def call_when_full(self, on_full: Callable[[], None]) -> None:
        """Call this at the first message that has no room."""
        self._on_full = on_full

    def put(self, message: Message) -> None:
        """Put a message in, if there is room."""
        if self._is_full:
            return
        if len(self._messages) >= self._limit:
            self._is_full = True
            self._messages.clear()
            self._on_full()
            return
        self._messages.append(message)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def get(self) -> Message:
        """Return the oldest message, as soon as there is one; one reader at a time."""
        while not self._messages:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._messages.popleft()
