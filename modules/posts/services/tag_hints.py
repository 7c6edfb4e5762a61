"""Telling whoever listens that a tag has a new post, as it happens; who does not hear lacks nothing."""

from contextlib import suppress

from modules.kernel.redis.client import RedisUnavailable
from modules.kernel.redis.servers import redis_of
from modules.posts.schemas import TAG_NEWS, TagNews


def tell_tag(tag_id: int, post_id: int) -> None:
    """Tell that a tag's list has a new post; where Redis is away it is told to nobody."""
    with suppress(RedisUnavailable):
        redis_of(tag_id).run(("PUBLISH", TAG_NEWS, b"%d %d" % (tag_id, post_id)))


def read_tag_news(message: bytes) -> TagNews:
    """
    Return what is told on the channel `TAG_NEWS`.

    :raises ValueError: if it is none of ours
    """
    tag_id, post_id = message.split()
    return TagNews(int(tag_id), int(post_id))
