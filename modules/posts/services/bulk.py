"""Posts by the thousand, for imports and demos."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from django.db import connections

from modules.posts.schemas import PastPost
from sharding.ids import EPOCH, make_id, shard_of
from sharding.scope import writing_for

_CREATE: Final = """
    WITH made AS (
        INSERT INTO posts_post (id, author_id, text, published_at, version)
        SELECT id, author_id, text, published_at, 1
        FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[])
            AS past(id, author_id, text, published_at)
        ON CONFLICT DO NOTHING
        RETURNING author_id),
    counted AS (
        INSERT INTO posts_authorcount (author_id, posts)
        SELECT author_id, count(*) FROM made GROUP BY author_id
        ON CONFLICT (author_id) DO UPDATE SET posts = posts_authorcount.posts + excluded.posts)
    SELECT count(*) FROM made"""
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
    ids = [make_id(_milliseconds(post), shard, post.sequence) for post in posts]
    authors = [post.author_id for post in posts]
    rest = [post.text for post in posts], [post.published_at for post in posts]
    with writing_for(authors[0]) as write, connections[write.alias].cursor() as cursor:
        cursor.execute(_CREATE, [ids, authors, *rest])
        (created,) = cursor.fetchone()
        cursor.execute(_COUNT, [ids, authors])
        if cursor.fetchone() != (len(ids),):
            raise ValueError("Two authors have a post of one shard, millisecond and sequence.")
    return int(created)


def _milliseconds(post: PastPost) -> int:
    since = post.published_at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
