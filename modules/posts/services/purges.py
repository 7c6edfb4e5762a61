"""
What is left of deleted posts, and goes: by the clock after 30 days, or at once when its author is erased.

A deleted post stays as a row without a body, and beneath it what others have hung on it: replies, quotes and
reposts. All else goes: its text, what it said before it was edited, and what was said of it by a mark.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import structlog
from django.db.models import F

from modules.posts.events import ReactionsPurged, TagsPurged
from modules.posts.models import Post, PostCount, PostRevision, ReactionIn, ReactionOut, Share, ThreadEntry
from modules.posts.services.reactions_received import lock_post_count
from sharding import outages, outbox
from sharding.errors import InstanceUnavailable
from sharding.querysets import ShardedQuerySet
from sharding.scope import Once, for_each_owner, require_binding, writing_for
from sharding.tracebacks import tell

log = structlog.get_logger(__name__)

PURGED_AFTER: Final = timedelta(days=30)
BATCH: Final = 200
# Rows that a transaction takes from one post: of one that everybody liked there are millions.
PART: Final = 500
_WITHIN_S: Final = 10.0
# What one run may take; its task is ended after fifty seconds.
_RUN_S: Final = 40.0
_EMPTY: Final[dict[str, Any]] = {"text": "", "entities": [], "custom": {}, "media_ids": []}
# By ctid, for a DELETE knows no LIMIT.
_FORGET_REACTIONS: Final = """
    DELETE FROM posts_reactionin WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM posts_reactionin WHERE post_id = %s LIMIT %s FOR UPDATE))
    RETURNING user_id, is_active"""


def purge_deleted_posts(*, now: datetime) -> int:
    """
    Purge the bodies of posts that were deleted 30 days ago, on every instance that answers; return how many.

    Each post in transactions of its own; whoever else is at one has it. May be run at any time.
    """
    ends_at, purged = time.monotonic() + _RUN_S, 0
    for due in _iter_due(now - PURGED_AFTER):
        here = sum(_purge_alone(row["author_id"], row["id"], now=now, ends_at=ends_at) for row in due)
        purged += here
        if not here or time.monotonic() > ends_at:
            break
    return purged


class Part(NamedTuple):
    """How many rows went with a part of a post, by table, and whether nothing is left but the post's own."""

    counts: dict[str, int]
    is_last: bool


def purge_part(post: Post, *, limit: int) -> Part:
    """Forget a part of what lies at a deleted post, in the open transaction of its author's shard."""
    gone = _forget_reactions(post, limit)
    if gone == limit:
        return Part({ReactionIn._meta.db_table: gone}, is_last=False)
    _announce_tags(post)
    revisions, _ = PostRevision.objects.of(post.author_id).filter(post_id=post.id).delete()
    counts = {ReactionIn._meta.db_table: gone, PostRevision._meta.db_table: revisions}
    if not _has_others(post.id):
        counts |= _forget_hung(post.id)
    return Part(counts, is_last=True)


def forget_reactions_to(event: ReactionsPurged, *, once: Once) -> None:
    """Forget at each of these users what they said of a post that was purged, once."""

    def write(user_id: int, once: Once) -> None:
        with writing_for(user_id, once=once):
            ReactionOut.objects.of(user_id).filter(post_id=event.post_id).delete()

    for_each_owner(event.user_ids, write, once=once)


def _purge_alone(author_id: int, post_id: int, *, now: datetime, ends_at: float) -> bool:
    """
    Purge one post, unless somebody is at it or its instance is away; return whether that was done.

    What is left of it when the time is up the next run takes.
    """
    try:
        while time.monotonic() < ends_at:
            with writing_for(author_id):
                rows = Post.objects.of(author_id).select_for_update(skip_locked=True)
                post = rows.filter(id=post_id, deleted_at__isnull=False, purged_at=None).first()
                if post is None:
                    return False
                if purge_part(post, limit=PART).is_last:
                    # The version stays: no card is made of it, and the tombstone in Redis is of this one.
                    Post.objects.of(author_id).filter(id=post_id).update(**_EMPTY, purged_at=now)
                    return True
    except InstanceUnavailable as error:
        outages.met(outages.name_of(error.alias), error)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others go; it comes round again
        log.error("post_not_purged", post_id=str(post_id), error=tell(error))
    return False


def _forget_reactions(post: Post, limit: int) -> int:
    with require_binding().connection.cursor() as cursor:
        cursor.execute(_FORGET_REACTIONS, [post.id, limit])
        rows = cursor.fetchall()
    if rows:
        # Under the lock of all counts; what is counted is of a post that nobody is shown.
        lock_post_count(post.id)
        PostCount.objects.of(post.id).update(reactions={}, version=F("version") + 1)
    if user_ids := sorted({user_id for user_id, is_active in rows if is_active}):
        outbox.record(ReactionsPurged(post_id=post.id, author_id=post.author_id, user_ids=user_ids))
    return len(rows)


def _announce_tags(post: Post) -> None:
    """Say which tags a post has had, also before it was edited, of which some may be nobody's now."""
    bodies = [
        post.entities,
        *PostRevision.objects.of(post.author_id).filter(post_id=post.id).values_list("entities", flat=True),
    ]
    tags = {each["tag"] for body in bodies for each in body if each["type"] == "tag"}
    if tags:
        outbox.record(TagsPurged(post_id=post.id, author_id=post.author_id, tags=sorted(tags)))


def _has_others(post_id: int) -> bool:
    """Return whether anything that stands hangs on a post: a reply beneath it, a quote, a repost."""
    replies = ThreadEntry.objects.of(post_id).filter(is_active=True)
    return replies.exists() or Share.objects.of(post_id).filter(is_active=True).exists()


def _forget_hung(post_id: int) -> dict[str, int]:
    """Delete what is left at a post of replies and shares that are gone themselves, and its counts."""
    return {
        model._meta.db_table: model.objects.of(post_id).delete()[0]
        for model in (ThreadEntry, Share, PostCount)
    }


def _iter_due(before: datetime) -> Iterator[list[dict[str, Any]]]:
    """Yield what is to be purged, in batches, the oldest first: one read of an index of each instance."""

    def query(rows: ShardedQuerySet[Post]) -> Any:
        due = rows.filter(deleted_at__lte=before, purged_at=None)
        return due.order_by("deleted_at", "id").values("id", "author_id", "deleted_at")[:BATCH]

    while due := list(Post.objects.everywhere(query, within=_WITHIN_S, on_primary=True).rows):
        yield due
