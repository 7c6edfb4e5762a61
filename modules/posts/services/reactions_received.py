"""The post's side of reactions: a mirror and its count, written after the news of them."""

from contextlib import suppress
from typing import Final

from modules.kernel.cards import RenderedCard
from modules.kernel.derived import derived
from modules.posts.events import (
    PostShared,
    ReactionAdded,
    ReactionRemoved,
    Replied,
    ReplyRemoved,
    ShareRemoved,
)
from modules.posts.models import Post, PostCount, ReactionIn
from modules.posts.schemas import CountHead
from modules.posts.selectors.post_counts import COUNTS, render, render_counts
from sharding.errors import AlreadyDone
from sharding.scope import Once, require_binding, writing_for

Counts = RenderedCard[CountHead]

_MAKE: Final = "INSERT INTO posts_postcount (post_id, reactions) VALUES (%s, '{}') ON CONFLICT DO NOTHING"


def receive_reaction(post_id: int, user_id: int, type: str, *, edge_id: int, once: Once) -> Counts | None:
    """
    Mirror a reaction with its count on the post's shard; news older than what is known is ignored.

    Returns what is counted then, if that has changed now.
    """
    return _mirror(
        ReactionIn(post_id=post_id, user_id=user_id, type=type, edge_id=edge_id, is_active=True), once
    )


def receive_removal(post_id: int, user_id: int, type: str, *, edge_id: int, once: Once) -> Counts | None:
    """Mirror the end of a reaction, leaving a tombstone; the rest is as in `receive_reaction`."""
    return _mirror(
        ReactionIn(post_id=post_id, user_id=user_id, type=type, edge_id=edge_id, is_active=False), once
    )


def lock_post_count(post_id: int) -> PostCount:
    """
    Return what is counted of a post, locked until the transaction ends; made if it is missing.

    Inside `writing_for(post_id)`, or for its author. With the lock held nobody else changes what is counted.
    """
    counts = PostCount.objects.of(post_id).select_for_update()
    if (count := counts.first()) is None:
        # Of two that make it at once one waits here for the other: no error for a log, as of get_or_create.
        with require_binding().connection.cursor() as cursor:
            cursor.execute(_MAKE, [post_id])
        count = counts.get()
    return count


@derived(PostShared, ReactionAdded, ReactionRemoved, Replied, ReplyRemoved, ShareRemoved)
def renew_counts(post_id: int, counts: Counts | None = None) -> None:
    """Put what is counted of a post into the cache, or what has just been; a newer version there stays."""
    COUNTS.put(render_counts([post_id]) if counts is None else {post_id: counts})


def _mirror(reaction: ReactionIn, once: Once) -> Counts | None:
    """Bring one reaction and its count to a newer state, in one transaction, once per event."""
    # A repeat is no reason to end: what Redis shows may still be due.
    with suppress(AlreadyDone), writing_for(reaction.post_id, once=once):
        # Of a post that was deleted meanwhile nothing is counted; what was stays until it is purged.
        if Post.objects.filter(id=reaction.post_id, deleted_at=None).exists():
            return _apply(reaction)
    return None


def _apply(reaction: ReactionIn) -> Counts | None:
    count = lock_post_count(reaction.post_id)
    key = {"type": reaction.type, "user_id": reaction.user_id}
    known = ReactionIn.objects.of(reaction.post_id).filter(**key).first()
    if known is not None and known.age >= reaction.age:
        return None
    reaction.save(force_insert=known is None, force_update=known is not None)
    was_active = known is not None and known.is_active
    change = int(reaction.is_active) - int(was_active)
    return _count(count, reaction.type, change) if change else None


def _count(count: PostCount, type: str, change: int) -> Counts:
    """Count under the lock that is held; a type of which none is left is no longer named."""
    reactions = {**count.reactions, type: count.reactions.get(type, 0) + change}
    count.reactions = {name: number for name, number in reactions.items() if number}
    count.version += 1
    PostCount.objects.of(count.post_id).update(reactions=count.reactions, version=count.version)
    return render(count)
