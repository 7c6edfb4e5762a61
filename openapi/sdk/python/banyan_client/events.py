"""Events: what concerns a user, as it happens, each once and in order, over whatever comes between."""

from __future__ import annotations

import asyncio
import math
import random
import re
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from banyan_client.errors import Conflict, RateLimited, Unavailable, Unreadable
from banyan_client.generated.api.realtime import create_socket_ticket
from banyan_client.generated.client import AuthenticatedClient
from banyan_client.generated.models import NewTicket
from banyan_client.retries import Retry
from banyan_client.sources import Frame, Polling, Socket, Source, SourceEnded, has_sockets

TOO_MUCH = 4429
# So many sockets that do not open, one after the other, and it is asked for a while instead.
TRIES = 3
ASK_FOR = 60.0
# What may be otherwise in a moment; other refusals are the caller's to hear.
PASSING = (Conflict, RateLimited, Unavailable, Unreadable, httpx.TransportError)


@dataclass(frozen=True, slots=True)
class Event:
    """
    Something that happened; ignore those of a `type` that you do not know.

    `seq` is what to go on from (`events(since=…)`); news of topics other than `me` has none, and neither `id` nor
    `at`. Of the type `resync`: something may be missing before it, so read anew what you show. Of the type
    `error`: the topic is told no longer, and `data` is the problem that says why.
    """

    type: str
    topic: str
    data: dict[str, Any]
    seq: int | None = None
    id: str | None = None
    at: datetime | None = None


class Events:
    """What happens from here on; iterated again, it goes on after what was yielded last."""

    def __init__(
        self,
        api: AuthenticatedClient,
        url: str | None,
        *,
        since: int | None,
        topics: Iterable[str],
        retry: Retry,
    ) -> None:
        """Connect to nothing yet."""
        self.seq = since
        self._api = api
        self._url = url
        self._topics = dict.fromkeys(topics)
        self._retry = retry
        self._source: Source | None = None
        self._failures = 0

    @property
    def is_asking(self) -> bool:
        """Return whether it asks, for no socket can be had: of topics other than `me` nothing comes then."""
        return isinstance(self._source, Polling)

    async def subscribe(self, topic: str) -> None:
        """Listen to a topic as well, now and whenever a socket is opened: `timeline:home`, `post:` with an id."""
        self._topics[topic] = None
        if self._source is not None:
            await self._source.say({"op": "sub", "topic": topic})

    async def unsubscribe(self, topic: str) -> None:
        """Listen to a topic no longer."""
        self._topics.pop(topic, None)
        if self._source is not None:
            await self._source.say({"op": "unsub", "topic": topic})

    async def __aiter__(self) -> AsyncIterator[Event]:
        """
        Yield what happens, for ever; leaving the loop, or cancelling its task, closes the socket.

        :raises BanyanError: what comes back for credentials that have ended, or do not reach this far
        """
        while True:
            asked: float | None = None
            try:
                self._source = await self._begin()
                while True:
                    for frame in await self._source.next():
                        event = await self._take(frame)
                        if event is not None:
                            yield event
            except SourceEnded as end:
                asked = self._settle(end)
            except PASSING as trouble:
                asked = getattr(trouble, "retry_after", None)
            finally:
                await self._leave()
            await asyncio.sleep(self._pause(asked))

    async def _begin(self) -> Source:
        """Return what tells from where this left off."""
        if not has_sockets():
            return Polling(self._api, self.seq, until=math.inf)
        if self._failures >= TRIES:
            return Polling(self._api, self.seq, until=time.monotonic() + ASK_FOR)
        self._failures += 1
        ticket = await create_socket_ticket.asyncio(client=self._api)
        # A refusal is raised where it comes in.
        assert isinstance(ticket, NewTicket)
        return await Socket.open(self._url or ticket.url, ticket.ticket, self.seq)

    async def _take(self, frame: Frame) -> Event | None:
        """Note what a frame says of the connection, and return what it tells the caller."""
        op, seq = frame.get("op"), frame.get("seq")
        if op == "hello":
            self._failures, self.seq = 0, seq
            await self._say_topics()
        elif op == "at":
            self.seq = seq
        elif op == "resync":
            self.seq = seq
            return Event("resync", "me", {}, seq)
        elif op == "error":
            return self._refused(frame)
        elif "type" in frame and (seq is None or self.seq is None or seq > self.seq):
            self.seq = self.seq if seq is None else seq
            at = datetime.fromisoformat(frame["ts"]) if "ts" in frame else None
            return Event(frame["type"], frame["topic"], frame["data"], seq, frame.get("id"), at)
        return None

    async def _say_topics(self) -> None:
        for topic in self._topics:
            if self._source is not None:
                await self._source.say({"op": "sub", "topic": topic})

    def _refused(self, frame: Frame) -> Event:
        """Return that a topic is told no longer; asked for again is one alone that nobody could tell of now."""
        problem = frame.get("problem", {})
        if problem.get("status", 500) < 500:
            self._topics.pop(frame["topic"], None)
        return Event("error", frame["topic"], problem)

    def _settle(self, end: SourceEnded) -> float | None:
        """Note how a source ended; return the seconds after which it asks to come back, if it does."""
        if end.is_over:
            # It has asked for long enough: one socket is tried.
            self._failures = TRIES - 1
            return 0.0
        if end.code == TOO_MUCH:
            self._failures = TRIES
        said = re.search(r"come back in (\d+) ms", end.reason)
        return int(said[1]) / 1000 if said else None

    def _pause(self, asked: float | None) -> float:
        """Return the seconds to wait: as asked for, or growing, and never those of all others."""
        if asked is not None:
            return asked
        grown = 5 * self._retry.first_wait * 2.0 ** max(self._failures - 1, 0)
        return min(grown, self._retry.longest_wait) * random.uniform(0.5, 1.5)

    async def _leave(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            await source.close()
