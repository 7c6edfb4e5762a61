"""
The channel layer of Channels, over the hot Redis of each instance.

A group is called like the channel of the Redis that it is heard on: `ev:{user}`, `post:{id}`,
`postcount:{id}`; its members hear all that anybody publishes there, as it was published. Nothing is sent
through the layer: whoever has news runs a script beside the rows that it is of, and that publishes. A
process listens once for all of its sockets, on one connection to each Redis.

Not channels_redis: it finds a server by hashing a name where ours is told by the shard map, costs four times
as much a message, and bounds nothing (docs/realtime.md).
"""

import secrets
from collections.abc import Callable
from typing import Any

from channels.layers import BaseChannelLayer
from django.conf import settings

from modules.kernel.redis.client import RedisClient
from modules.kernel.redis.listening import Listener
from modules.kernel.redis.servers import redis_clients, redis_of
from modules.realtime.services.mailboxes import Mailbox, Message

# What a member is told: something was published to a group of theirs, or listening had been interrupted.
HEARD, INTERRUPTED = "heard", "interrupted"

OnMessage = Callable[[bytes], None]
OnReturn = Callable[[], None]


class InstanceLayer(BaseChannelLayer):  # type: ignore[misc]  # Channels has no types
    """The channel layer of a process, for one event loop."""

    extensions = ["groups"]

    def __init__(self, **_: Any) -> None:
        """Know nobody yet."""
        super().__init__()
        self._boxes: dict[str, Mailbox] = {}
        self._groups: dict[str, set[str]] = {}
        self._groups_of: dict[str, set[str]] = {}
        self._listeners: dict[RedisClient, Listener] = {}
        self._watched: dict[bytes, OnMessage] = {}
        self._on_return: dict[RedisClient, list[Callable[[], None]]] = {}

    async def new_channel(self, prefix: str = "socket") -> str:
        """Return the name of a new channel."""
        name = f"{prefix}!{secrets.token_hex(8)}"
        self._boxes[name] = Mailbox(settings.REALTIME.backlog)
        self._groups_of[name] = set()
        return name

    async def receive(self, channel: str) -> Message:
        """Return the next message of a channel."""
        return await self._boxes[channel].get()

    async def send(self, channel: str, message: Message) -> None:
        """Put a message into a channel, if it is there."""
        self.put(channel, message)

    def put(self, channel: str, message: Message) -> None:
        """Put a message into a channel, if it is there; from the loop's own thread."""
        if (box := self._boxes.get(channel)) is not None:
            box.put(message)

    def call_when_full(self, channel: str, on_full: Callable[[], None]) -> None:
        """Call this when a channel has no more room."""
        self._boxes[channel].call_when_full(on_full)

    async def group_add(self, group: str, channel: str) -> None:
        """
        Have a channel hear a group: everything that is published after this returns.

        :raises RedisUnavailable: if that cannot be heard now
        """
        members = self._groups.setdefault(group, set())
        is_new = channel not in members
        members.add(channel)
        self._groups_of[channel].add(group)
        listener = self.listener(_redis_of(group))
        try:
            # Also if others listen already: theirs may not have been confirmed yet.
            await listener.subscribe(group.encode())
        except BaseException:
            if is_new:
                await self.group_discard(group, channel)
            raise

    async def group_discard(self, group: str, channel: str) -> None:
        """Have a channel hear a group no longer."""
        members = self._groups.get(group)
        self._groups_of.get(channel, set()).discard(group)
        if members is None:
            return
        members.discard(channel)
        if not members:
            del self._groups[group]
            self.listener(_redis_of(group)).unsubscribe(group.encode())

    async def forget(self, channel: str) -> None:
        """Let a channel go."""
        for group in list(self._groups_of.get(channel, ())):
            await self.group_discard(group, channel)
        self._groups_of.pop(channel, None)
        self._boxes.pop(channel, None)

    def watch(self, client: RedisClient, channel: str, heard: OnMessage, returned: OnReturn) -> None:
        """Have a function of this process hear a channel of one Redis, and when that had been interrupted."""
        self._watched[client.name.encode() + b" " + channel.encode()] = heard
        self._on_return.setdefault(client, []).append(returned)
        self.listener(client).want(channel.encode())

    def watch_all(self, channel: str, heard: OnMessage) -> None:
        """Have a function of this process hear a channel of every Redis that has users."""
        for client in redis_clients():
            self.watch(client, channel, heard, lambda: None)

    def list_heard(self) -> list[tuple[str, bool]]:
        """Return each Redis that is listened to, and whether it can be heard now."""
        return [(client.name, listener.is_connected) for client, listener in self._listeners.items()]

    def listener(self, client: RedisClient) -> Listener:
        """Return what listens to a Redis."""
        if client not in self._listeners:
            made = Listener(
                client,
                heard=lambda channel, data: self._heard(client, channel, data),
                is_up=lambda: self._returned(client),
            )
            self._listeners[client] = made
            made.start()
        return self._listeners[client]

    def _heard(self, client: RedisClient, channel: bytes, data: bytes) -> None:
        watching = self._watched.get(client.name.encode() + b" " + channel)
        if watching is not None:
            watching(data)
            return
        group = channel.decode()
        message = {"type": HEARD, "group": group, "data": data}
        for member in self._groups.get(group, ()):
            self._boxes[member].put(message)

    def _returned(self, client: RedisClient) -> None:
        """Tell all who hear a Redis that something of it may have been missed."""
        for returned in self._on_return.get(client, ()):
            returned()
        concerned = {
            member
            for group, members in self._groups.items()
            if _redis_of(group) is client
            for member in members
        }
        for member in concerned:
            self._boxes[member].put({"type": INTERRUPTED})


def _redis_of(group: str) -> RedisClient:
    """Return the Redis on which a group is heard: that of the id at its end."""
    return redis_of(int(group.rpartition(":")[2]))
