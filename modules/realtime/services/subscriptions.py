"""The topics of one socket: who asked for them, what was told last, and what is held back for a moment."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.conf import settings

from modules.kernel.principals import Principal
from modules.posts.public import PostNotFound
from modules.realtime.errors import TooManyTopics
from modules.realtime.services import topics
from modules.realtime.services.figures import Figures
from modules.realtime.services.frames import read_frame
from modules.realtime.services.home_hints import HomeHints
from modules.realtime.services.layer import InstanceLayer
from modules.realtime.services.tag_hints import TagHints
from modules.realtime.services.threads import in_thread
from modules.realtime.services.topics import HOME, ME, OF_POST, OF_TAG, OPS, PostState, Topic
from sharding.errors import InstanceUnavailable

# What a socket is told when what was held back of a topic is due.
DUE: Final = "due"

Say = Callable[[dict[str, Any]], Awaitable[None]]
Refuse = Callable[[str, Exception], Awaitable[None]]


class Sources(NamedTuple):
    """What tells news of topics to all sockets of a process; of posts each socket hears itself."""

    home: HomeHints
    tags: TagHints
    figures: Figures


@dataclass(slots=True)
class _Post:
    """A post that is listened to: what was told of it, when, and whether more is planned."""

    state: PostState
    told_at: float
    timer: asyncio.TimerHandle | None = None


class Subscriptions:
    """The topics of one socket."""

    def __init__(
        self,
        layer: InstanceLayer,
        channel: str,
        principal: Principal,
        *,
        sources: Sources,
        say: Say,
        refuse: Refuse,
    ) -> None:
        """Keep whose they are, and how frames and refusals go out."""
        self._layer = layer
        self._channel = channel
        self._principal = principal
        self._sources = sources
        self._say = say
        self._refuse = refuse
        self._posts: dict[int, _Post] = {}
        # All but posts: the home, figures, tags.
        self._others: set[Topic] = set()

    async def receive(self, text: str) -> None:
        """
        Do what a frame asks for, and say that it is done; what cannot be is refused.

        :raises FrameInvalid: if it is none
        """
        op, topic = read_frame(text)
        if op == "ping":
            await self._say({"op": "pong"})
            return
        try:
            await (self._subscribe(topic) if op == "sub" else self._unsubscribe(topic))
        except Exception as refusal:  # noqa: BLE001 - whatever it was, whoever refuses tells bugs from refusals
            await self._refuse(topic, refusal)
        else:
            await self._say({"op": "ack", "topic": topic, "of": op})

    async def _subscribe(self, topic: str) -> None:
        wanted = topics.read_topic(topic)
        if wanted.kind == ME or (wanted.kind == OF_POST and wanted.id in self._posts):
            return
        if len(self._posts) + len(self._others) >= settings.REALTIME.topics_per_socket:
            raise TooManyTopics
        if wanted.kind == OF_POST:
            await self._subscribe_to_post(wanted.id)
            return
        topics.require_reach(wanted.kind, self._principal)
        self._others.add(wanted)
        if wanted.kind == HOME:
            self._sources.home.add(self._principal.id, self._channel)
        elif wanted.kind == OPS:
            self._sources.figures.add(self._channel)
        else:
            self._sources.tags.add(wanted.id, self._channel, user_id=self._principal.id, topic=topic)

    async def _subscribe_to_post(self, post_id: int) -> None:
        """Listen first and ask then, so that no change falls in between."""
        for group in topics.groups_of(post_id):
            await self._layer.group_add(group, self._channel)
        try:
            found = await in_thread(topics.read_posts, [post_id], self._principal.id)
            if post_id in found.unknown:
                raise found.unknown[post_id]
            if post_id not in found.states:
                raise PostNotFound
        except BaseException:
            await self._leave(post_id)
            raise
        self._posts[post_id] = _Post(found.states[post_id], 0.0)

    async def _unsubscribe(self, topic: str) -> None:
        left = topics.read_topic(topic)
        if left.kind == OF_POST:
            await self._drop(left.id)
        elif left in self._others:
            self._leave_other(left)

    def close(self) -> None:
        """Be told of nothing more; of posts the layer forgets who listens."""
        for topic in list(self._others):
            self._leave_other(topic)

    def _leave_other(self, topic: Topic) -> None:
        self._others.discard(topic)
        if topic.kind == HOME:
            self._sources.home.discard(self._principal.id, self._channel)
        elif topic.kind == OPS:
            self._sources.figures.discard(self._channel)
        elif topic.kind == OF_TAG:
            self._sources.tags.discard(topic.id, self._channel)

    async def hear(self, group: str) -> None:
        """Take that a post or its counts have changed: tell it now, or a second after what was told last."""
        post_id = int(group.rpartition(":")[2])
        if (post := self._posts.get(post_id)) is None or post.timer is not None:
            return
        loop = asyncio.get_running_loop()
        wait = post.told_at + settings.REALTIME.hint_interval - loop.time()
        if wait <= 0:
            await self.flush(post_id)
        else:
            message = {"type": DUE, "post_id": post_id}
            post.timer = loop.call_later(wait, self._layer.put, self._channel, message)

    async def flush(self, post_id: int) -> None:
        """Tell what has changed of a post since it was told last."""
        if (post := self._posts.get(post_id)) is None:
            return
        post.timer, post.told_at = None, asyncio.get_running_loop().time()
        await self._look([post_id])

    async def recheck(self) -> None:
        """Leave posts that may not be seen any more, and tell what was missed of others."""
        if self._posts:
            await self._look(list(self._posts))

    async def _look(self, post_ids: list[int]) -> None:
        """Ask for posts as of now, and tell of each what is news of it."""
        try:
            found = await in_thread(topics.read_posts, post_ids, self._principal.id)
        except InstanceUnavailable:
            return
        for post_id in post_ids:
            if post_id in found.unknown or post_id not in self._posts:
                continue
            if (state := found.states.get(post_id)) is None:
                await self._drop(post_id)
                await self._refuse(f"post:{post_id}", PostNotFound())
            else:
                await self._tell(post_id, state)

    async def _tell(self, post_id: int, state: PostState) -> None:
        known, self._posts[post_id].state = self._posts[post_id].state, state
        topic, id = f"post:{post_id}", str(post_id)
        if state.version != known.version:
            await self._say(
                {"topic": topic, "type": "post.updated", "data": {"post_id": id, "version": state.version}}
            )
        if state.counts != known.counts:
            await self._say(
                {"topic": topic, "type": "post.counts", "data": {"post_id": id, "counts": state.counts}}
            )

    async def _drop(self, post_id: int) -> None:
        post = self._posts.pop(post_id, None)
        if post is not None and post.timer is not None:
            post.timer.cancel()
        await self._leave(post_id)

    async def _leave(self, post_id: int) -> None:
        for group in topics.groups_of(post_id):
            await self._layer.group_discard(group, self._channel)
