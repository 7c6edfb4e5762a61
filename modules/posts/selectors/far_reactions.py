"""Reactions with what stands on their other side, for audits: read in parts, from primaries."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from django.db.backends.utils import CursorWrapper

from sharding.far_ends import read_far_ends
from sharding.scatter import read_per_instance

# How many reactions of one owner are held in memory at a time.
PART: Final = 500

# Of posts that were deleted nothing is told any more, on either side.
_OUT: Final = """
    SELECT edge.user_id, edge.post_id, edge.type, edge.edge_id
    FROM unnest(%(owners)s::bigint[]) AS owner (id) CROSS JOIN LATERAL (
        SELECT * FROM posts_reactionout WHERE user_id = owner.id AND (post_id, type) > (%(other)s, %(type)s)
        ORDER BY post_id, type LIMIT %(part)s) AS edge"""
_IN: Final = """
    SELECT edge.post_id, edge.user_id, edge.type, edge.edge_id
    FROM unnest(%(owners)s::bigint[]) AS owner (id)
    JOIN posts_post AS post ON post.id = owner.id AND post.deleted_at IS NULL CROSS JOIN LATERAL (
        SELECT * FROM posts_reactionin
        WHERE post_id = owner.id AND (type, user_id) > (%(type)s, %(other)s) AND is_active
        ORDER BY type, user_id LIMIT %(part)s) AS edge"""
_MIRRORS: Final = """
    SELECT pair.post_id, pair.user_id, pair.type, coalesce(edge.edge_id, 0), coalesce(edge.is_active, false)
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS pair (post_id, user_id, type)
    JOIN posts_post AS post ON post.id = pair.post_id AND post.deleted_at IS NULL
    LEFT JOIN posts_reactionin AS edge USING (post_id, user_id, type)"""
_AUTHORITIES: Final = """
    SELECT pair.user_id, pair.post_id, pair.type, coalesce(edge.edge_id, 0), edge.edge_id IS NOT NULL
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS pair (user_id, post_id, type)
    LEFT JOIN posts_reactionout AS edge USING (post_id, user_id, type)"""


class Side(NamedTuple):
    """One side of a reaction: whose row it is, who is at the other end, and of which edge."""

    owner_id: int
    other_id: int
    type: str
    edge_id: int


_START: Final = Side(0, 0, "", 0)


class FarSide(NamedTuple):
    """The other side; no row has an `edge_id` of 0."""

    edge_id: int
    is_active: bool


def list_reactions_with_mirrors(user_ids: Sequence[int]) -> Iterator[tuple[Side, FarSide]]:
    """Yield each reaction of these users to a post that stands, with its mirror there."""
    for sides in _parts(_OUT, user_ids):
        yield from _with_far_sides(sides, _MIRRORS)


def list_mirrors_with_reactions(post_ids: Sequence[int]) -> Iterator[tuple[Side, FarSide]]:
    """Yield each mirror that those of these posts have that stand, with its authority."""
    for sides in _parts(_IN, post_ids):
        yield from _with_far_sides(sides, _AUTHORITIES)


def _parts(statement: str, owner_ids: Sequence[int]) -> Iterator[list[Side]]:
    """Yield the rows of these owners: the first of all together, what more somebody has by pages."""
    first = _read(statement, owner_ids)
    yield first
    numbers = Counter(side.owner_id for side in first)
    last = {side.owner_id: side for side in first}
    for owner_id in (id for id, number in numbers.items() if number == PART):
        while rest := _read(statement, [owner_id], after=last[owner_id]):
            yield rest
            last[owner_id] = rest[-1]


def _read(statement: str, owner_ids: Sequence[int], after: Side = _START) -> list[Side]:
    def read(cursor: CursorWrapper, mine: list[int]) -> list[Side]:
        place: dict[str, Any] = {"owners": mine, "other": after.other_id, "type": after.type, "part": PART}
        cursor.execute(statement, place)
        return [Side(*row) for row in cursor.fetchall()]

    return read_per_instance(owner_ids, read, on_primary=True)


def _with_far_sides(sides: Sequence[Side], statement: str) -> Iterator[tuple[Side, FarSide]]:
    """Yield these with what stands on their other side; without, where nothing is told of it any more."""
    found = read_far_ends(statement, [(side.other_id, side.owner_id, side.type) for side in sides])
    for side in sides:
        if (far := found.get((side.other_id, side.owner_id, side.type))) is not None:
            yield side, FarSide(*far)
