"""
Deferring what the windows of one Redis are owed.

News of one author comes in order: were it to wait for a Redis that is away, everybody else would miss what
the author posts next. So it is settled for all others, and the rest becomes news of its own, and waits alone.
"""

from collections.abc import Collection

from modules.timelines.events import BackfillDeferred, FanOutDeferred
from sharding import outbox
from sharding.scope import Once, writing_for


def defer_fan_out(post_id: int, author_id: int, *, instances: Collection[str], once: Once) -> None:
    """
    Announce that the windows in the Redis of these instances lack a post.

    :raises AlreadyDone: if `once` was used before
    """
    with writing_for(author_id, once=once):
        for instance in sorted(instances):
            outbox.record(FanOutDeferred(post_id=post_id, author_id=author_id, instance=instance))


def defer_backfill(follower_id: int, author_id: int, *, once: Once) -> None:
    """
    Announce that a new follower's home lacks an author's posts.

    It is recorded on the author's shard: the follower's may be away as well.

    :raises AlreadyDone: if `once` was used before
    """
    with writing_for(author_id, once=once):
        outbox.record(BackfillDeferred(author_id=author_id, follower_id=follower_id))
