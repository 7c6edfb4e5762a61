"""The newest posts of many authors, and those next to a place, from the index alone."""

from collections.abc import Collection
from functools import partial

from django.db.backends.utils import CursorWrapper

from modules.posts.models import Post
from modules.posts.schemas import PostKey
from sharding import scatter
from sharding.scatter import Unavailable

# The newest `limit` posts of all can only be by the `limit` authors whose own newest are newest; and if
# there are that many, none is older than the oldest of these. So 5,000 authors cost 5,000 probes of the
# index, and not 5,000 times `limit` rows. The same holds the other way round.
_NEAREST = """
    WITH heads AS MATERIALIZED (
        SELECT author.id AS author_id, head.id AS head
        FROM unnest(%(authors)s::bigint[]) AS author(id)
        CROSS JOIN LATERAL (
            SELECT post.id FROM posts_post post
            WHERE post.author_id = author.id AND post.id {beyond} %(place)s AND post.deleted_at IS NULL
            ORDER BY post.id {order} LIMIT 1) AS head
        ORDER BY head.id {order} LIMIT %(limit)s)
    SELECT nearest.id, heads.author_id
    FROM heads
    CROSS JOIN LATERAL (
        SELECT post.id FROM posts_post post
        WHERE post.author_id = heads.author_id AND post.id {beyond} %(place)s AND post.deleted_at IS NULL
            AND post.id {within} (SELECT CASE WHEN count(*) = %(limit)s THEN {last}(head) ELSE {end} END
                                  FROM heads)
        ORDER BY post.id {order} LIMIT %(limit)s) AS nearest
    ORDER BY nearest.id {order} LIMIT %(limit)s"""

_END = 2**63 - 1
_OLDER = _NEAREST.format(beyond="<", order="DESC", within=">=", last="min", end=0)
_NEWER = _NEAREST.format(beyond=">", order="ASC", within="<=", last="max", end=_END)


def list_live(author_id: int, post_ids: Collection[int]) -> set[int]:
    """Return those of an author's posts that are not deleted; inside a write for the author, as of now."""
    rows = Post.objects.of(author_id).filter(id__in=post_ids, deleted_at=None)
    return set(rows.values_list("id", flat=True))


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
    read = partial(_read, statement=_OLDER, place=min(before, _END), limit=limit)
    found = scatter.read_per_instance(author_ids, read, on_primary=on_primary, unavailable=unavailable)
    return sorted(found, reverse=True)[:limit]


def list_next_ids(
    author_ids: Collection[int], *, after: int, limit: int, unavailable: Unavailable | None = None
) -> list[PostKey]:
    """
    Return the posts just above an id by any of these authors, oldest first, deleted ones left out.

    Costs one query per instance, in parallel. Of primaries: of two replicas one may be behind, and who goes
    on from the newest post of the other would pass over what comes to be known of the first.

    :raises InstanceUnavailable: without `unavailable`, which else takes the authors whose posts are lacking
    """
    if not author_ids or limit < 1:
        return []
    read = partial(_read, statement=_NEWER, place=after, limit=limit)
    found = scatter.read_per_instance(author_ids, read, on_primary=True, unavailable=unavailable)
    return sorted(found)[:limit]


def _read(
    cursor: CursorWrapper, author_ids: list[int], *, statement: str, place: int, limit: int
) -> list[PostKey]:
    cursor.execute(statement, {"authors": author_ids, "place": place, "limit": limit})
    return [PostKey(*row) for row in cursor.fetchall()]
