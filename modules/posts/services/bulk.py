"""Posts by the thousand, for imports and demos."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.db import connections

from modules.kernel.stored_json import to_text
from modules.posts.schemas import AUDIENCES, POST_COLUMNS, REPLY_POLICIES, PastPost
from sharding.ids import EPOCH, make_id, shard_of
from sharding.scope import writing_for

_COLUMNS: Final = {"id": "bigint", **POST_COLUMNS}
_INSERT: Final = """
    WITH made AS (
        INSERT INTO posts_post ({names})
        SELECT {names} FROM unnest({arrays}) AS past({names})
        ON CONFLICT DO NOTHING
        RETURNING author_id),
    counted AS (
        INSERT INTO posts_authorcount (author_id, posts)
        SELECT author_id, count(*) FROM made GROUP BY author_id
        ON CONFLICT (author_id) DO UPDATE SET posts = posts_authorcount.posts + excluded.posts)
    SELECT count(*) FROM made"""
_CREATE: Final = _INSERT.format(
    names=", ".join(_COLUMNS), arrays=", ".join(f"%({name})s::{type}[]" for name, type in _COLUMNS.items())
)
_COUNT: Final = """
    SELECT count(*) FROM unnest(%s::bigint[], %s::bigint[]) AS past(id, author_id)
    JOIN posts_post USING (id, author_id)"""


def create_posts_in_bulk(
    past: Iterable[PastPost], *, on_progress: Callable[[int], None] | None = None
) -> int:
    """
    Create posts with their counts and without announcing them; return how many were not there before.

    One transaction per shard, so a repeat after a crash goes on where it stopped. `on_progress` hears how
    many were handled since it last heard.

    :raises ValueError: if posts of two authors have one shard, millisecond and sequence
    """
    by_shard: dict[int, list[PastPost]] = defaultdict(list)
    for post in past:
        by_shard[shard_of(post.author_id)].append(post)
    created = 0
    for shard, posts in by_shard.items():
        created += _create(shard, posts)
        if on_progress:
            on_progress(len(posts))
    return created


def _create(shard: int, posts: Sequence[PastPost]) -> int:
    rows = [_to_row(shard, post) for post in posts]
    columns = {name: [row[name] for row in rows] for name in _COLUMNS}
    with writing_for(posts[0].author_id) as write, connections[write.alias].cursor() as cursor:
        cursor.execute(_CREATE, columns)
        (created,) = cursor.fetchone()
        cursor.execute(_COUNT, [columns["id"], columns["author_id"]])
        if cursor.fetchone() != (len(rows),):
            raise ValueError("Two authors have a post of one shard, millisecond and sequence.")
    return int(created)


def _to_row(shard: int, post: PastPost) -> dict[str, Any]:
    return {
        "id": make_id(_milliseconds(post), shard, post.sequence),
        "author_id": post.author_id,
        "text": post.text,
        "published_at": post.published_at,
        "version": 1,
        "audience": AUDIENCES.index(post.audience),
        "entities": "[]",
        "custom": to_text(post.custom),
        "reply_policy": REPLY_POLICIES.index(post.reply_policy),
    }


def _milliseconds(post: PastPost) -> int:
    since = post.published_at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
