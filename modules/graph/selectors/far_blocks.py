"""Blocks with what stands at their far end, for audits: read in parts, from primaries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.backends.utils import CursorWrapper

from modules.graph.models import BlockIn, BlockOut
from modules.graph.selectors.far_ends import parts
from sharding.far_ends import read_far_ends
from sharding.scatter import read_per_instance

_COUNT_OUT = "SELECT user_id, count(*) FROM graph_blockout WHERE user_id = ANY(%s) GROUP BY user_id"
_COUNT_IN = "SELECT user_id, count(*) FROM graph_blockin WHERE user_id = ANY(%s) GROUP BY user_id"
_MIRRORS = """
    SELECT pair.user_id, pair.other_id, block.edge_id, block.is_active,
        EXISTS (SELECT FROM graph_followout AS edge
            WHERE edge.user_id = pair.user_id AND edge.target_id = pair.other_id)
    FROM unnest(%s::bigint[], %s::bigint[]) AS pair (user_id, other_id)
    LEFT JOIN graph_blockin AS block ON block.user_id = pair.user_id AND block.blocker_id = pair.other_id"""
_EDGES = """
    SELECT pair.user_id, pair.other_id, edge.user_id IS NOT NULL OR coalesce(mirror.is_active, false)
    FROM unnest(%s::bigint[], %s::bigint[]) AS pair (user_id, other_id)
    LEFT JOIN graph_followout AS edge ON edge.user_id = pair.user_id AND edge.target_id = pair.other_id
    LEFT JOIN graph_followin AS mirror
        ON mirror.user_id = pair.user_id AND mirror.follower_id = pair.other_id"""
_AUTHORITIES = """
    SELECT pair.user_id, pair.other_id, block.edge_id
    FROM unnest(%s::bigint[], %s::bigint[]) AS pair (user_id, other_id)
    LEFT JOIN graph_blockout AS block ON block.user_id = pair.user_id AND block.target_id = pair.other_id"""


@dataclass(frozen=True, slots=True)
class FarBlock:
    """The other side of a block (None: no row), and whether a follow edge stands beside it on either side."""

    edge_id: int | None
    is_active: bool
    has_edge: bool


def list_blocks_with_far_ends(owner_ids: Sequence[int]) -> Iterator[tuple[BlockOut, FarBlock]]:
    """Yield each block of these blockers with its mirror at who is blocked."""
    for blocks in parts(BlockOut, "target_id", _count(_COUNT_OUT, owner_ids)):
        mirrors = read_far_ends(_MIRRORS, [(block.target_id, block.user_id) for block in blocks])
        edges = read_far_ends(_EDGES, [(block.user_id, block.target_id) for block in blocks])
        for block in blocks:
            edge_id, is_active, is_followed = mirrors[block.target_id, block.user_id]
            (has_edge,) = edges[block.user_id, block.target_id]
            yield block, FarBlock(edge_id, bool(is_active), is_followed or has_edge)


def list_mirrors_without_block(owner_ids: Sequence[int]) -> Iterator[BlockIn]:
    """Yield the mirrors at these users that say they are blocked, where nobody blocks them any more."""
    for rows in parts(BlockIn, "blocker_id", _count(_COUNT_IN, owner_ids)):
        mirrors = [mirror for mirror in rows if mirror.is_active]
        blocks = read_far_ends(_AUTHORITIES, [(mirror.blocker_id, mirror.user_id) for mirror in mirrors])
        yield from (mirror for mirror in mirrors if blocks[mirror.blocker_id, mirror.user_id] == (None,))


def _count(statement: str, owner_ids: Sequence[int]) -> dict[int, int]:
    return dict(read_per_instance(owner_ids, partial(_read, statement), on_primary=True))


def _read(statement: str, cursor: CursorWrapper, mine: list[int]) -> list[tuple[Any, ...]]:
    cursor.execute(statement, [mine])
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
