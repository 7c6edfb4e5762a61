"""
Hints that homes have something new: told once for many users by fan-out, and here to those who listen.

A hint names a post only to who may see it now. Of each user there is one a second at most, so that a crowd
that posts costs them no more than that.
"""

import asyncio
from collections.abc import Collection, Coroutine
from typing import Any, Final

import structlog
from django.conf import settings

from modules.graph import public as graph
from modules.posts import public as posts
from modules.realtime.services.frames import to_hint
from modules.realtime.services.layer import InstanceLayer
from modules.realtime.services.threads import in_thread
from modules.realtime.services.topics import HOME
from modules.timelines import public as timelines
from modules.timelines.schemas import HomeNews

log = structlog.get_logger(__name__)

# Messages of one fan-out come in parts; so long they are gathered.
_GATHER_S: Final = 0.005
_MAX_POSTS: Final = 20


class HomeHints:
    """Who listens to their homes in a process."""

    def __init__(self, layer: InstanceLayer) -> None:
        """Keep how listeners are reached."""
        self._layer = layer
        self._channels: dict[int, set[str]] = {}
        self._posts: dict[int, list[int]] = {}
        self._told_at: dict[int, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, user_id: int, channel: str) -> None:
        """Have a channel be told of its user's home."""
        self._channels.setdefault(user_id, set()).add(channel)

    def discard(self, user_id: int, channel: str) -> None:
        """Have a channel be told no longer."""
        channels = self._channels.get(user_id)
        if channels is not None:
            channels.discard(channel)
            if not channels:
                del self._channels[user_id]
                self._posts.pop(user_id, None)
                self._told_at.pop(user_id, None)

    def hear(self, message: bytes) -> None:
        """Take what fan-out tells."""
        try:
            news = timelines.read_home_news(message)
        except ValueError:
            return
        if news.user_ids:
            self._note(news.post_id, self._channels.keys() & set(news.user_ids))
        elif self._channels:
            self._start(self._hear_pulled(news))

    async def _hear_pulled(self, news: HomeNews) -> None:
        """Ask who of those here follows an author whose posts are pulled: in fan-out nobody is named."""
        try:
            here = await in_thread(graph.select_followers, news.author_id, list(self._channels))
        except Exception:
            log.warning("hint_lost", exc_info=True)
            return
        self._note(news.post_id, self._channels.keys() & here)

    def _note(self, post_id: int, here: Collection[int]) -> None:
        """Note that a post has reached the homes of users who listen here; they are told in a moment."""
        for user_id in here:
            waiting = self._posts.setdefault(user_id, [])
            if len(waiting) < _MAX_POSTS and post_id not in waiting:
                waiting.append(post_id)
        if here and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_GATHER_S, self._flush)

    def _flush(self) -> None:
        """Tell those whose last hint is old enough; come again for the others."""
        loop = asyncio.get_running_loop()
        now, interval = loop.time(), settings.REALTIME.hint_interval
        due = [id for id in self._posts if now - self._told_at.get(id, -interval) >= interval]
        by_post: dict[int, list[int]] = {}
        for user_id in due:
            self._told_at[user_id] = now
            for post_id in self._posts.pop(user_id):
                by_post.setdefault(post_id, []).append(user_id)
        self._timer = loop.call_later(interval / 10, self._flush) if self._posts else None
        if by_post:
            self._start(self._tell(by_post))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, by_post: dict[int, list[int]]) -> None:
        found: dict[int, list[int]] = {}
        for post_id, user_ids in by_post.items():
            try:
                allowed = await in_thread(posts.select_viewers, post_id, user_ids)
            except Exception:
                log.warning("hint_lost", exc_info=True)
                continue
            for user_id in allowed:
                found.setdefault(user_id, []).append(post_id)
        for user_id, post_ids in found.items():
            data = {"count": len(post_ids), "newest_id": str(max(post_ids))}
            message = to_hint(HOME, "timeline.new", data)
            for channel in self._channels.get(user_id, ()):
                self._layer.put(channel, message)
