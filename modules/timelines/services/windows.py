"""
What news does to windows. All of it may be repeated, and none of it makes a window.

Without Redis these raise RedisUnavailable, and the news comes again: a window that survives must not miss it.
"""

from contextlib import suppress

from django.conf import settings

from modules.graph import public as graph
from modules.kernel.derived import derived
from modules.kernel.redis.client import RedisClient, RedisUnavailable
from modules.kernel.redis.servers import redis, redis_of
from modules.kernel.redis.several import Failures
from modules.posts import public as posts
from modules.posts.events import PostPublished
from modules.posts.schemas import PUBLIC
from modules.timelines.models import windows
from modules.timelines.models.windows import TOP, Entry
from modules.timelines.schemas import HOME_NEWS, HomeNews

_FOLLOWERS_AT_ONCE = 1000


@derived(PostPublished)
def push_to_author(post_id: int, author_id: int, audience: int = PUBLIC) -> None:
    """
    Put a post into its author's own home, whose next read is to hold it, and where readers pull theirs.

    Whoever its audience is: reading decides.
    """
    windows.push_soon([windows.home(author_id), windows.posts_of(author_id)], Entry(post_id, author_id))


def push_to_followers(
    post_id: int, author_id: int, *, lost: Failures | None = None, only: RedisClient | None = None
) -> None:
    """
    Put a post into the homes of its author's followers, unless they pull it; `only` into those of one Redis.

    Where they pull it, who listens is told that there is something to pull; without Redis nobody is.

    With `lost`, those whose Redis is away are passed over, and it is put there with the reason.
    """
    entry = Entry(post_id, author_id)
    if graph.is_pulled(author_id):
        if only is None:
            with suppress(RedisUnavailable):
                windows.tell_followers(entry, channel=HOME_NEWS)
        return
    for follower_ids in graph.batch_follower_ids(author_id, size=_FOLLOWERS_AT_ONCE):
        homes = [windows.home(id) for id in follower_ids if only is None or redis_of(id) is only]
        windows.push(homes, entry, lost=lost, channel=HOME_NEWS)


def read_home_news(message: bytes) -> HomeNews:
    """
    Return what is told on the channel `HOME_NEWS`.

    :raises ValueError: if it is none of ours
    """
    entry, user_ids = windows.read_told(message)
    return HomeNews(entry.post_id, entry.via_id, user_ids)


def push_deferred(post_id: int, author_id: int, instance: str) -> None:
    """Put a post into the windows of its author and their followers in the Redis of one instance."""
    client = redis(instance)
    client.run(("PING",))  # before followers are read in vain
    if redis_of(author_id) is client:
        push_to_author(post_id, author_id)
    push_to_followers(post_id, author_id, only=client)


def backfill(user_id: int, author_id: int) -> None:
    """Merge the posts of somebody newly followed into the follower's home, down to its floor."""
    config, key = settings.TIMELINES, windows.home(user_id)
    floor = windows.find_floor(key)
    if floor is None:
        # A window made from here on pulls from the primary, where the follow stands already.
        return
    newest = _list_newest(author_id, config.pull_size)
    if len(newest) == config.pull_size and (floor == TOP or newest[-1].post_id > floor):
        # Somebody so busy that the window reaches below these: it must be complete above its floor.
        newest = _list_newest(author_id, config.window_size)
    windows.merge(key, newest)


def scrub(user_id: int, author_id: int) -> None:
    """
    Take the posts of somebody no longer followed out of the home.

    They are hidden already, for reading asks whom the viewer follows; this gives the room back.
    """
    if author_id in graph.list_following_ids(user_id):
        # Followed again meanwhile, and perhaps backfilled: this news is old.
        return
    windows.scrub(windows.home(user_id), author_id)
    if author_id in graph.list_following_ids(user_id):
        # Followed again since the question above: the backfill may have come before the scrub.
        backfill(user_id, author_id)


def _list_newest(author_id: int, limit: int) -> list[Entry]:
    newest = posts.list_newest_ids([author_id], before=TOP, limit=limit, on_primary=True)
    return [Entry(*key) for key in newest]
