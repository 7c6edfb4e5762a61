"""What timelines hears. Each handler is idempotent, because a window takes a post once."""

from modules.accounts.events import ErasureBegun
from modules.graph.events import FollowConfirmed, FollowerAdded, Unfollowed
from modules.kernel import clock
from modules.kernel.bus import periodic, subscribes
from modules.kernel.redis.client import RedisUnavailable
from modules.kernel.redis.servers import instances_by_redis, redis_of
from modules.kernel.redis.several import Failures
from modules.posts.events import PostEdited, PostPublished
from modules.posts.schemas import MENTIONED
from modules.timelines.events import BackfillDeferred, FanOutDeferred
from modules.timelines.services import windows
from modules.timelines.services.deferring import defer_backfill, defer_fan_out
from modules.timelines.services.lists import forget_member
from modules.timelines.services.rankings import rank_popular_posts, rank_trending_tags
from modules.timelines.services.windows import push_to_author
from sharding import outages
from sharding.scope import Once


@subscribes(PostPublished, queue="fanout")
def fan_out(event: PostPublished, once: Once) -> None:
    """
    Put a new post into the homes of its author and their followers; where Redis is away, later.

    One that only the mentioned may see belongs in nobody else's home, also if they follow.
    """
    lost: Failures = {}
    try:
        push_to_author(event.post_id, event.author_id)
    except RedisUnavailable as error:
        lost[redis_of(event.author_id)] = error
    if event.audience != MENTIONED:
        windows.push_to_followers(event.post_id, event.author_id, lost=lost)
    if lost:
        defer_fan_out(event.post_id, event.author_id, instances=_deferrable(lost), once=once)


@subscribes(PostEdited, queue="fanout")
def fan_out_widened(event: PostEdited, once: Once) -> None:
    """Put a post into the homes of followers that was for the mentioned alone: in its place by age."""
    if event.former_audience != MENTIONED or event.audience == MENTIONED:
        return
    lost: Failures = {}
    windows.push_to_followers(event.post_id, event.author_id, lost=lost)
    if lost:
        defer_fan_out(event.post_id, event.author_id, instances=_deferrable(lost), once=once)


@subscribes(FanOutDeferred, queue="fanout")
def fan_out_deferred(event: FanOutDeferred, once: Once) -> None:
    """Put a post into the windows of one Redis, once it answers."""
    windows.push_deferred(event.post_id, event.author_id, event.instance)


@subscribes(FollowerAdded)
def backfill(event: FollowerAdded, once: Once) -> None:
    """Put the newest posts of somebody newly followed into the follower's home; without Redis, later."""
    _backfill(event.follower_id, event.user_id, once)


@subscribes(FollowConfirmed)
def backfill_after_consent(event: FollowConfirmed, once: Once) -> None:
    """
    Put the newest posts of somebody who consented into the follower's home; without Redis, later.

    A window that was made between the consent and its arrival at the follower lacks them: they were not
    followed yet.
    """
    _backfill(event.follower_id, event.target_id, once)


@subscribes(BackfillDeferred)
def backfill_deferred(event: BackfillDeferred, once: Once) -> None:
    """Put an author's newest posts into the home of a follower whose Redis answers by now."""
    windows.backfill(event.follower_id, event.author_id)


@subscribes(Unfollowed)
def scrub(event: Unfollowed, once: Once) -> None:
    """Take the posts of somebody no longer followed out of the home."""
    windows.scrub(event.follower_id, event.target_id)


@subscribes(ErasureBegun, batch=1)
def forget_erased(event: ErasureBegun, once: Once) -> None:
    """Take who is being erased out of all lists; a repeat goes on where the first one was."""
    forget_member(event.user_id)


def _backfill(follower_id: int, author_id: int, once: Once) -> None:
    try:
        windows.backfill(follower_id, author_id)
    except RedisUnavailable as error:
        _deferrable({redis_of(follower_id): error})
        defer_backfill(follower_id, author_id, once=once)


@periodic
def rank_posts() -> None:
    """Find the posts that are popular now."""
    rank_popular_posts(now=clock.now())


@periodic
def rank_tags() -> None:
    """Find the tags that trend now."""
    rank_trending_tags(now=clock.now())


def _deferrable(lost: Failures) -> list[str]:
    """
    Return an instance for each Redis that is away, for others are there whose users shall not wait.

    :raises RedisUnavailable: if all are away: the news itself comes again
    """
    instances = instances_by_redis()
    if len(lost) == len(instances):
        raise next(iter(lost.values()))
    for error in lost.values():
        outages.met(error.server, error)
    return [instances[client][0] for client in lost]
