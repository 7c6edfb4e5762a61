"""Edges with what stands at their far end, for audits: read in parts, from primaries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from modules.graph.models import BlockIn, BlockOut, FollowCount, FollowIn, FollowOut
from sharding.far_ends import read_far_ends

E = TypeVar("E", BlockIn, BlockOut, FollowIn, FollowOut)

# How many edges are held in memory at a time.
PART = 5_000

_FAR_END = """
    SELECT pair.user_id, pair.other_id, edge.edge_id, {states},
        coalesce(count.is_closed, false), coalesce(count.status_version, 0)
    FROM unnest(%s::bigint[], %s::bigint[]) AS pair (user_id, other_id)
    LEFT JOIN {table} AS edge ON edge.user_id = pair.user_id AND edge.{other} = pair.other_id
    LEFT JOIN graph_followcount AS count ON count.user_id = pair.user_id"""
_STATES = "edge.is_active, edge.is_requested, edge.is_refused"
_MIRRORS = _FAR_END.format(table="graph_followin", other="follower_id", states=_STATES)
_AUTHORITIES = _FAR_END.format(table="graph_followout", other="target_id", states="true, false, false")


@dataclass(frozen=True, slots=True)
class FarEnd:
    """The other side of an edge (None: no row), and what is noted of the person there."""

    edge_id: int | None
    is_active: bool
    is_requested: bool
    is_refused: bool
    is_closed: bool
    status_version: int


def list_following_with_far_ends(owner_ids: Sequence[int]) -> Iterator[tuple[FollowOut, FarEnd]]:
    """Yield each edge of these followers with its mirror at the followee."""
    for edges in parts(FollowOut, "target_id", _count(owner_ids, "following")):
        far_ends = read_far_ends(_MIRRORS, [(edge.target_id, edge.user_id) for edge in edges])
        for edge in edges:
            yield edge, FarEnd(*far_ends[edge.target_id, edge.user_id])


def list_followers_with_far_ends(owner_ids: Sequence[int]) -> Iterator[tuple[FollowIn, FarEnd]]:
    """Yield each mirror that these followees have, of requests too, with its authority at the follower."""
    for rows in parts(FollowIn, "follower_id", _count(owner_ids, "followers")):
        edges = [edge for edge in rows if edge.is_active or edge.is_requested]
        far_ends = read_far_ends(_AUTHORITIES, [(edge.follower_id, edge.user_id) for edge in edges])
        for edge in edges:
            yield edge, FarEnd(*far_ends[edge.follower_id, edge.user_id])


def _count(owner_ids: Sequence[int], column: str) -> dict[int, int]:
    """Return about how many rows each owner has; those who are closed are in no count, and few."""
    counts = FollowCount.objects.gather(owner_ids, by="user_id", on_primary=True)
    return dict.fromkeys(owner_ids, 0) | {count.user_id: getattr(count, column) for count in counts}


def parts(model: type[E], other: str, counts: Mapping[int, int]) -> Iterator[Sequence[E]]:
    """Yield the rows of owners, given how many each has: together of those who have few."""
    for owners in _split(counts):
        if len(owners) == 1:
            yield from _pages(model, other, owners[0])
        else:
            yield model.objects.gather(owners, by="user_id", on_primary=True)


def _split(counts: Mapping[int, int]) -> Iterator[list[int]]:
    together: list[int] = []
    size = 0
    for owner_id, its in counts.items():
        if together and size + its > PART:
            yield together
            together, size = [], 0
        together.append(owner_id)
        size += its
    if together:
        yield together


def _pages(model: type[E], other: str, owner_id: int) -> Iterator[Sequence[E]]:
    after = 0
    rows = model.objects.of(owner_id).on_primary().order_by(other)
    while page := list(rows.filter(**{f"{other}__gt": after})[:PART]):
        yield page
        after = getattr(page[-1], other)
