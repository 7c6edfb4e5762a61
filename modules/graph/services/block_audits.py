"""
The audit of blocks: both sides of each, and no follow edge beside one.

The blocker's side is the authority. What is wrong is mended by announcing it again, so that it takes the way
of all news.
"""

from collections.abc import Iterator, Sequence

from modules.graph.events import Blocked, Unblocked
from modules.graph.models import FollowCount
from modules.graph.selectors.blocks import is_blocking
from modules.graph.selectors.far_blocks import list_blocks_with_far_ends, list_mirrors_without_block
from modules.graph.selectors.pulled import forget_pulled
from modules.graph.services.counts import lock_count
from modules.graph.services.followers import end_follower
from modules.graph.services.follows import end_following
from modules.kernel import clock
from sharding import audits, outbox
from sharding.audits import Audit, Difference
from sharding.scope import require_binding, writing_for

MIRROR, BLOCK, EDGE = "block_mirror_differs", "mirror_without_block", "follow_beside_block"

_RENEW = """
    UPDATE graph_blockout SET edge_id = next_id(shard_of(user_id)) WHERE user_id = %s AND target_id = %s
    RETURNING edge_id"""


def compare_blocks(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the blocks that the other side does not know or that a follow survived, and mirrors of none."""
    for block, far in list_blocks_with_far_ends(owner_ids):
        if not far.is_active or far.edge_id != block.edge_id:
            yield Difference(
                block.user_id,
                MIRROR,
                block.target_id,
                known=(block.edge_id, far.edge_id or 0),
                told_by=(block.user_id,),
            )
        if far.has_edge:
            told_by = (block.user_id, block.target_id)
            yield Difference(block.user_id, EDGE, block.target_id, (block.edge_id,), told_by=told_by)
    for mirror in list_mirrors_without_block(owner_ids):
        known, blocker_id = (mirror.edge_id,), mirror.blocker_id
        yield Difference(mirror.user_id, BLOCK, blocker_id, known, told_by=(blocker_id,))


def repair_blocks(differences: Sequence[Difference]) -> int:
    """Announce again what the blocker's side knows of each; return how many."""
    for each in differences:
        if each.kind == BLOCK:
            _announce_end(each.other_id, each.owner_id, edge_id=int(each.known[0]))
        else:
            _announce_block(each.owner_id, each.other_id)
    return len(differences)


def _announce_block(user_id: int, target_id: int) -> None:
    """Say that a block stands, under a new id: the first news of a block ends what is beside it."""
    with writing_for(user_id):
        count = lock_count(user_id)
        if not is_blocking(user_id, target_id):
            return
        end_following(user_id, target_id)
        has_flipped = end_follower(count, target_id, now=clock.now())
        with require_binding().connection.cursor() as cursor:
            cursor.execute(_RENEW, [user_id, target_id])
            (edge_id,) = cursor.fetchone()
        outbox.record(Blocked(user_id=user_id, target_id=target_id, edge_id=edge_id))
    if has_flipped:
        forget_pulled()


def _announce_end(user_id: int, target_id: int, *, edge_id: int) -> None:
    """Say that a block is over, unless there is one by now."""
    with writing_for(user_id):
        lock_count(user_id)
        if not is_blocking(user_id, target_id):
            outbox.record(Unblocked(user_id=user_id, target_id=target_id, edge_id=edge_id))


audits.register(Audit("graph.blocks", audits.owners_of(FollowCount), compare_blocks, repair_blocks))
