"""The post's side of reactions: a mirror and its count, written after the news of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

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
from modules.posts.models import PostCount
from modules.posts.schemas import CountHead
from modules.posts.selectors.post_counts import COUNTS, render, render_counts
from sharding.scope import Once, require_binding, writing_for_each

Counts = RenderedCard[CountHead]
News = ReactionAdded | ReactionRemoved

_MAKE: Final = "INSERT INTO posts_postcount (post_id, reactions) VALUES (%s, '{}') ON CONFLICT DO NOTHING"
_MAKE_FOR_POST: Final = """
    INSERT INTO posts_postcount (post_id, reactions)
    SELECT id, '{}' FROM posts_post WHERE id = %s AND deleted_at IS NULL ON CONFLICT DO NOTHING"""
_LOCK: Final = """
    SELECT known.version, known.replies, known.reposts, known.quotes, known.reactions::text
    FROM posts_post AS post JOIN posts_postcount AS known ON known.post_id = post.id
    WHERE post.id = %s AND post.deleted_at IS NULL FOR UPDATE OF known"""
_UPDATE: Final = "UPDATE posts_postcount SET reactions = %s, version = %s WHERE post_id = %s"
# What was known is read beneath what is written: both see the rows as they were, and the lock on the count
# keeps others from changing them.
_RECEIVE: Final = """
    WITH news AS (
        SELECT * FROM unnest(%(types)s::text[], %(user_ids)s::bigint[], %(edge_ids)s::bigint[],
            %(are_active)s::boolean[]) AS news(type, user_id, edge_id, is_active)),
    received AS (
        INSERT INTO posts_reactionin AS known (post_id, type, user_id, edge_id, is_active)
        SELECT %(post_id)s, type, user_id, edge_id, is_active FROM news
        ON CONFLICT (post_id, type, user_id) DO UPDATE
        SET edge_id = excluded.edge_id, is_active = excluded.is_active
        WHERE (known.edge_id, NOT known.is_active) < (excluded.edge_id, NOT excluded.is_active)
        RETURNING type, user_id, is_active)
    SELECT received.type, sum(received.is_active::int - coalesce(before.is_active, false)::int)
    FROM received LEFT JOIN posts_reactionin AS before
        ON before.post_id = %(post_id)s AND before.type = received.type AND before.user_id = received.user_id
    GROUP BY received.type"""


def receive_reactions(many: Sequence[tuple[News, Once]]) -> Counts | None:
    """
    Mirror news of reactions to one post with its count on the post's shard, in one transaction, each once.

    News older than what is known is ignored; the end of a reaction leaves a tombstone. Returns what is
    counted then, if that has changed now.
    """
    post_id = many[0][0].post_id
    with writing_for_each(post_id, [once for _, once in many]) as are_new:
        # A repeat is no reason to end: what Redis shows may still be due.
        fresh = [news for (news, _), is_new in zip(many, are_new, strict=True) if is_new]
        # Of a post that was deleted meanwhile nothing is counted; what was stays until it is purged.
        if fresh and (count := _lock_count_of_post(post_id)) is not None:
            return _apply(count, fresh)
    return None


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


def _lock_count_of_post(post_id: int) -> PostCount | None:
    """Return the same of a post that is there, or None; one read, if something was counted before."""
    with require_binding().connection.cursor() as cursor:
        cursor.execute(_LOCK, [post_id])
        if (row := cursor.fetchone()) is None:
            cursor.execute(_MAKE_FOR_POST, [post_id])
            cursor.execute(_LOCK, [post_id])
            row = cursor.fetchone()
    if row is None:
        return None
    version, replies, reposts, quotes, reactions = row
    return PostCount(
        post_id=post_id,
        version=version,
        replies=replies,
        reposts=reposts,
        quotes=quotes,
        reactions=orjson.loads(reactions),
    )


def _apply(count: PostCount, many: Sequence[News]) -> Counts | None:
    newest = {(news.type, news.user_id): news for news in sorted(many, key=_age)}.values()
    row: dict[str, Any] = {
        "post_id": count.post_id,
        "types": [news.type for news in newest],
        "user_ids": [news.user_id for news in newest],
        "edge_ids": [news.edge_id for news in newest],
        "are_active": [isinstance(news, ReactionAdded) for news in newest],
    }
    with require_binding().connection.cursor() as cursor:
        cursor.execute(_RECEIVE, row)
        changes = {type: change for type, change in cursor.fetchall() if change}
    return _count(count, changes) if changes else None


def _age(news: News) -> tuple[int, bool]:
    """Return what orders news of one reaction, as `ReactionIn.age` does."""
    return news.edge_id, isinstance(news, ReactionRemoved)


def _count(count: PostCount, changes: Mapping[str, int]) -> Counts:
    """Count under the lock that is held; a type of which none is left is no longer named."""
    reactions = {type: count.reactions.get(type, 0) + change for type, change in changes.items()}
    count.reactions = {name: number for name, number in {**count.reactions, **reactions}.items() if number}
    count.version += 1
    with require_binding().connection.cursor() as cursor:
        cursor.execute(_UPDATE, [orjson.dumps(count.reactions).decode(), count.version, count.post_id])
    return render(count)
