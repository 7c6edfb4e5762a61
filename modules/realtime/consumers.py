"""
The socket: `/v1/realtime`, as docs/realtime.md tells integrators.

Channels runs one of these for each connection; what it is told comes through the layer, one message at a
time, so that everything goes out in order.
"""

import asyncio
import time
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qs

import orjson
import structlog
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from modules.kernel import clock
from modules.kernel.http.problems import to_problem
from modules.kernel.redis.client import RedisUnavailable
from modules.realtime.errors import FrameInvalid
from modules.realtime.selectors.updates import (
    GONE,
    RECHECK,
    Entry,
    Reading,
    channel_of,
    parse,
    read_log,
    select_told,
)
from modules.realtime.services import tickets
from modules.realtime.services.frames import Pace, read_since
from modules.realtime.services.layer import INTERRUPTED
from modules.realtime.services.process import sources
from modules.realtime.services.registry import (
    ENDED,
    POLICY,
    SLOW_READER,
    TOO_MUCH,
    TRY_LATER,
    registry,
)
from modules.realtime.services.subscriptions import Subscriptions
from modules.realtime.services.threads import in_thread
from modules.realtime.services.tickets import Bearer
from sharding.errors import InstanceUnavailable

log = structlog.get_logger(__name__)

# Where the server leaves how a connection is closed without waiting for its reader (config/serving/sockets).
CLOSE_NOW: Final = "banyan.close"
_AWAY = (RedisUnavailable, InstanceUnavailable)
_COME_BACK_S: Final = 1.0


class Socket(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
    """One connection of one user."""

    def __init__(self) -> None:
        """Know nobody yet."""
        super().__init__()
        self.bearer: Bearer | None = None
        self._seq = 0
        self._is_cut = False
        self._errors = 0
        self._pace = Pace()
        self._known_at = time.monotonic()
        self._recheck: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the connection, and leave nothing behind."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle one message; Channels itself would look at database connections on a thread each time."""
        if self._is_cut and message["type"] != "websocket.disconnect":
            return
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """End."""
        raise StopConsumer

    async def connect(self) -> None:
        """Let somebody in who has a ticket, and tell what they have missed."""
        await self.accept()
        self.channel_layer.call_when_full(self.channel_name, self._on_slow)
        if not registry.begin(self):
            self.cut(TRY_LATER, "this process has no more room")
            return
        try:
            await self._open()
        except _AWAY:
            self.cut(TRY_LATER, "a part of the service is away")
        except FrameInvalid as refusal:
            self.cut(POLICY, refusal.title)

    async def _open(self) -> None:
        query = parse_qs(self.scope["query_string"].decode("latin-1"), max_num_fields=10)
        since = read_since(query)
        bearer = await in_thread(tickets.redeem_ticket, query.get("ticket", [""])[0], now=clock.now())
        if bearer is None:
            self.cut(ENDED, "the ticket is not valid, or no longer")
            return
        if not registry.admit(self, bearer):
            self.cut(TOO_MUCH, "you have as many sockets as you may")
            return
        self.bearer = bearer
        self._topics = Subscriptions(
            self.channel_layer,
            self.channel_name,
            bearer.principal,
            sources=sources(),
            say=self._say,
            refuse=self._refuse,
        )
        # Heard first and read then: what comes in between is in both, and is told once by its number.
        await self.channel_layer.group_add(channel_of(bearer.user_id), self.channel_name)
        reading, is_held = await in_thread(tickets.read_as, bearer, since=since, now=clock.now())
        # They may have ended before anybody could cut this off.
        if not is_held:
            self.cut(ENDED, "the credentials have ended")
            return
        self._seq = reading.last if since is None else since
        await self._say({"op": "hello", "seq": self._seq})
        await self._tell(reading)
        self._plan_recheck()

    async def heard(self, message: dict[str, Any]) -> None:
        """Take what was published on a channel."""
        if message["group"] != channel_of(self._user_id):
            await self._topics.hear(message["group"])
            return
        data = message["data"]
        if data == RECHECK:
            await self._topics.recheck()
        elif data == GONE:
            await self._catch_up()
        else:
            await self._hear_entry(data)

    async def interrupted(self, message: dict[str, Any]) -> None:
        """Read what was not heard while nobody listened."""
        await self._catch_up()
        await self._topics.recheck()

    async def _hear_entry(self, data: bytes) -> None:
        entry = parse(data)
        if entry.number <= self._seq:
            return
        if entry.before != self._seq:
            await self._catch_up()
            return
        try:
            told = await self._select([entry])
        except _AWAY:
            self._come_back()
            return
        self._seq = entry.number
        for each in told:
            await self.send(text_data=each.json_bytes().decode())

    async def _select(self, entries: list[Entry]) -> list[Entry]:
        """Return what may be told; only where posts have to be seen anybody else is asked."""
        assert self.bearer is not None
        if any(entry.post_ids for entry in entries):
            return await in_thread(select_told, entries, self.bearer.principal)
        return select_told(entries, self.bearer.principal)

    async def _catch_up(self) -> None:
        """Tell what the log has beyond what was told; if nobody can say, later."""
        assert self.bearer is not None
        try:
            await self._tell(await in_thread(read_log, self.bearer.principal, since=self._seq))
        except _AWAY:
            self._come_back()

    def _come_back(self) -> None:
        """Look at the log again in a moment: what was not told is in there, or a resync is."""
        message = {"type": INTERRUPTED}
        asyncio.get_running_loop().call_later(
            _COME_BACK_S, self.channel_layer.put, self.channel_name, message
        )

    async def _tell(self, reading: Reading) -> None:
        """Tell what was read, or that something may be missing."""
        if reading.entries is None:
            await self._say({"op": "resync", "seq": reading.last})
        for entry in reading.entries or ():
            if entry.number > self._seq:
                await self.send(text_data=entry.json_bytes().decode())
        self._seq = reading.last

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Do what a frame asks for."""
        if self.bearer is None:
            return
        if not self._pace.take():
            self.cut(TOO_MUCH, "you send too much")
            return
        try:
            if text_data is None:
                raise FrameInvalid
            await self._topics.receive(text_data)
        except FrameInvalid as refusal:
            self._errors += 1
            await self._refuse("", refusal)
            if self._errors >= settings.REALTIME.errors_per_socket:
                self.cut(POLICY, "too many frames that cannot be read")

    async def due(self, message: dict[str, Any]) -> None:
        """Tell of a post what was held back."""
        await self._topics.flush(message["post_id"])

    async def hint(self, message: dict[str, Any]) -> None:
        """Tell news of a topic."""
        await self.send(text_data=message["text"])

    async def recheck(self, message: dict[str, Any]) -> None:
        """Look at credentials and topics again, and whether the log is where it was: shards move."""
        self._plan_recheck()
        assert self.bearer is not None
        try:
            bearer = await in_thread(tickets.find_bearer, self.bearer, now=clock.now())
        except InstanceUnavailable:
            if time.monotonic() - self._known_at > settings.REALTIME.believed_for:
                self.cut(TRY_LATER, "a part of the service is away")
            return
        self._known_at = time.monotonic()
        if bearer is None:
            self.cut(ENDED, "the credentials have ended")
            return
        await self._topics.recheck()
        with suppress(RedisUnavailable):
            await self.channel_layer.group_add(channel_of(self._user_id), self.channel_name)
            await self._tell(await in_thread(read_log, bearer.principal, since=self._seq))

    def look_again(self) -> None:
        """Have credentials and topics looked at again."""
        if self.bearer is not None:
            self.channel_layer.put(self.channel_name, {"type": "recheck"})

    def cut(self, code: int, reason: str) -> None:
        """Close at once, whether the reader takes it or not; nothing more goes out."""
        if not self._is_cut:
            self._is_cut = True
            registry.closed[code] += 1
            self.scope[CLOSE_NOW](code, reason)

    def _on_slow(self) -> None:
        self.cut(SLOW_READER, "you read too slowly; come back with `since`")

    async def send(self, text_data: str | None = None, **_: Any) -> None:
        """Send a frame, unless the connection is cut."""
        if self._is_cut:
            raise StopConsumer
        registry.frames += 1
        try:
            await self.base_send({"type": "websocket.send", "text": text_data})
        except (OSError, RuntimeError):
            # It was cut while its reader kept it waiting.
            raise StopConsumer from None

    async def _say(self, frame: dict[str, Any]) -> None:
        await self.send(text_data=orjson.dumps(frame).decode())

    async def _refuse(self, topic: str, error: Exception) -> None:
        """Tell what cannot be done, as a problem; whoever is away or a bug is one as well."""
        problem = to_problem(error)
        told = {"title": problem.title, "status": problem.status, "code": problem.code}
        told["type"] = f"/docs/errors#{problem.code}"
        await self._say({"op": "error", "topic": topic, "problem": told})

    async def _leave(self) -> None:
        self._is_cut = True
        if self._recheck is not None:
            self._recheck.cancel()
        registry.leave(self)
        if self.bearer is not None:
            self._topics.close()
        await self.channel_layer.forget(self.channel_name)

    def _plan_recheck(self) -> None:
        if self._recheck is not None:
            self._recheck.cancel()
        loop = asyncio.get_running_loop()
        self._recheck = loop.call_later(settings.REALTIME.recheck_after, self.look_again)

    @property
    def _user_id(self) -> int:
        assert self.bearer is not None
        return self.bearer.user_id
