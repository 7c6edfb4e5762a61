"""
Hints that tags have new posts: heard once for all who listen, and told to those who may see one.

Of each tag there is one a second at most, however many use it, and of its posts only the newest are looked
at: a crowd that posts costs no more than that.
"""

import asyncio
from collections import deque
from typing import Final

import structlog
from django.conf import settings

from modules.graph.schemas import PUBLIC_VIEWER
from modules.posts import public as posts
from modules.realtime.services.frames import to_hint
from modules.realtime.services.layer import InstanceLayer
from modules.realtime.services.threads import in_thread

log = structlog.get_logger(__name__)

# Whoever may see none of these is told of none.
_NEWEST: Final = 5


class TagHints:
    """Who listens to tags in a process: the channels of each, whose they are, and how each calls the tag."""

    def __init__(self, layer: InstanceLayer) -> None:
        """Keep how listeners are reached."""
        self._layer = layer
        self._listeners: dict[int, dict[str, tuple[int, str]]] = {}
        self._posts: dict[int, deque[int]] = {}
        self._told_at: dict[int, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, tag_id: int, channel: str, *, user_id: int, topic: str) -> None:
        """Have a channel of a user be told of a tag, by the name that they call it."""
        self._listeners.setdefault(tag_id, {})[channel] = user_id, topic

    def discard(self, tag_id: int, channel: str) -> None:
        """Have a channel be told of a tag no longer."""
        listeners = self._listeners.get(tag_id, {})
        listeners.pop(channel, None)
        if not listeners:
            self._listeners.pop(tag_id, None)
            self._posts.pop(tag_id, None)
            self._told_at.pop(tag_id, None)

    def hear(self, message: bytes) -> None:
        """Take what is told of any tag."""
        try:
            news = posts.read_tag_news(message)
        except ValueError:
            return
        if news.tag_id in self._listeners:
            self._posts.setdefault(news.tag_id, deque(maxlen=_NEWEST)).append(news.post_id)
            if self._timer is None:
                self._plan(0.0)

    def _plan(self, wait: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(wait, self._flush)

    def _flush(self) -> None:
        """Tell of those tags whose last hint is old enough; come again for the others."""
        loop = asyncio.get_running_loop()
        now, interval = loop.time(), settings.REALTIME.hint_interval
        for tag_id in [id for id in self._posts if now - self._told_at.get(id, -interval) >= interval]:
            self._told_at[tag_id] = now
            task = loop.create_task(self._tell(tag_id, sorted(self._posts.pop(tag_id), reverse=True)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._timer = None
        if self._posts:
            self._plan(interval / 10)

    async def _tell(self, tag_id: int, post_ids: list[int]) -> None:
        """Tell each listener of the newest post that they, as everybody, may see."""
        waiting = {user_id for user_id, _ in self._listeners.get(tag_id, {}).values()}
        for post_id in post_ids:
            try:
                allowed = await in_thread(_select, post_id, waiting)
            except Exception:
                log.warning("hint_lost", exc_info=True)
                continue
            waiting -= allowed
            for channel, (user_id, topic) in list(self._listeners.get(tag_id, {}).items()):
                if user_id in allowed:
                    self._layer.put(channel, to_hint(topic, "tag.new", {"newest_id": str(post_id)}))
            if not waiting:
                return


def _select(post_id: int, user_ids: set[int]) -> frozenset[int]:
    """
    Return those of the users who may see a post that everybody may.

    :raises InstanceUnavailable: if nobody can tell now
    """
    if post_id not in posts.map_visible([post_id], viewer=PUBLIC_VIEWER).posts:
        return frozenset()
    return posts.select_viewers(post_id, user_ids)
