"""The newest posts of many authors, from the index alone."""

from collections.abc import Collection
from functools import partial
from operator import neg

from django.db.backends.utils import CursorWrapper

from modules.posts.schemas import PostKey
from sharding import scatter
from sharding.scatter import Unavailable

# The newest `limit` posts of all can only be by the `limit` authors whose own newest are newest; and if
# there are that many, none is older than the oldest of these. So 5,000 authors cost 5,000 probes of the
# index, and not 5,000 times `limit` rows.
_NEWEST = """
    WITH heads AS MATERIALIZED (
        SELECT author.id AS author_id, head.id AS head
        FROM unnest(%(authors)s::bigint[]) AS author(id)
        CROSS JOIN LATERAL (
            SELECT post.id FROM posts_post post
            WHERE post.author_id = author.id AND post.id < %(before)s AND post.deleted_at IS NULL
            ORDER BY post.id DESC LIMIT 1) AS head
        ORDER BY head.id DESC LIMIT %(limit)s)
    SELECT newest.id, heads.author_id
    FROM heads
    CROSS JOIN LATERAL (
        SELECT post.id FROM posts_post post
        WHERE post.author_id = heads.author_id AND post.id < %(before)s AND post.deleted_at IS NULL
            AND post.id >= (SELECT CASE WHEN count(*) = %(limit)s THEN min(head) ELSE 0 END FROM heads)
        ORDER BY post.id DESC LIMIT %(limit)s) AS newest
    ORDER BY newest.id DESC LIMIT %(limit)s"""

_END = 2**63 - 1


def list_newest_ids(
    author_ids: Collection[int],
    *,
    before: int,
    limit: int,
    on_primary: bool = False,
    unavailable: Unavailable | None = None,
) -> list[PostKey]:
    """
    Return the newest posts below an id by any of these authors, newest first, deleted ones left out.

    Costs one query per instance, in parallel.

    :raises InstanceUnavailable: without `unavailable`, which else takes the authors whose posts are lacking
    """
    if not author_ids or limit < 1:
        return []
    read = partial(_read, before=min(before, _END), limit=limit)
    found = scatter.read_per_instance(author_ids, read, on_primary=on_primary, unavailable=unavailable)
    return sorted(found, key=lambda key: neg(key.post_id))[:limit]


def _read(cursor: CursorWrapper, author_ids: list[int], *, before: int, limit: int) -> list[PostKey]:
    cursor.execute(_NEWEST, {"authors": author_ids, "before": before, "limit": limit})
    return [PostKey(*row) for row in cursor.fetchall()]
