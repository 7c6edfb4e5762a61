"""
Blocking and unblocking: the blocker's side, which is the authority, and the mirror on the other's.

Each side ends its own follow edges in the transaction of its own row. A follow that is under way meanwhile
finds the row on one side or the other: refused at the follower, written as ended at the followee. So a block
wins every race against a follow; to follow again takes a follow that was begun after the unblock was heard.
"""

from datetime import datetime

from django.conf import settings

from modules.accounts import public as accounts
from modules.graph.errors import BlockCapReached, CannotBlockYourself, UserNotFound
from modules.graph.events import Blocked, BlockReceived, Unblocked
from modules.graph.models import BlockIn, BlockOut
from modules.graph.schemas import Relationship
from modules.graph.selectors.blocks import is_blocking
from modules.graph.selectors.follows import map_relationships
from modules.graph.selectors.pulled import forget_pulled
from modules.graph.services.counts import lock_count
from modules.graph.services.followers import end_follower
from modules.graph.services.following_cache import drop_following
from modules.graph.services.follows import end_following
from modules.graph.services.ties import change_ties, renew_ties
from sharding import outbox
from sharding.scope import Once, writing_for


def block(user_id: int, target_id: int, *, now: datetime) -> Relationship:
    """
    Make one user block another and announce it; blocking twice is blocking once. Both follow no more.

    :raises CannotBlockYourself: if both are the same person
    :raises UserNotFound: if there is no active account of the target
    :raises BlockCapReached: if the user has reached the limit
    """
    if user_id == target_id:
        raise CannotBlockYourself
    target = accounts.map_identities([target_id]).get(target_id)
    if target is None or not target.is_active:
        raise UserNotFound

    with writing_for(user_id):
        has_changed, has_flipped = _add(user_id, target_id, now=now)
    if has_flipped:
        forget_pulled()
    if has_changed:
        renew_ties.now(user_id)
        drop_following.now(user_id)
    return map_relationships(user_id, [target_id])[target_id]


def unblock(user_id: int, target_id: int) -> None:
    """End one user's blocking another and announce it; nothing happens if there is no block."""
    with writing_for(user_id):
        has_changed = remove_block(user_id, target_id)
    if has_changed:
        renew_ties.now(user_id)


def mirror_block(user_id: int, blocker_id: int, *, edge_id: int, is_active: bool, once: Once) -> None:
    """
    Write on the shard of who is blocked that a block began or ended; older news is ignored.

    The first news of a block, whichever it is, ends the user's following the blocker: the blocker's side has
    ended it with the block, and must not be alone in that if the end of the block is heard of first.
    """
    block = BlockIn(user_id=user_id, blocker_id=blocker_id, edge_id=edge_id, is_active=is_active)
    with writing_for(user_id, once=once):
        has_unfollowed = _apply(block)
    renew_ties.now(user_id)
    if has_unfollowed:
        drop_following.now(user_id)


def remove_block(user_id: int, target_id: int) -> bool:
    """Remove a block in the open transaction of who blocks and announce it; return whether there was one."""
    lock_count(user_id)
    known = BlockOut.objects.of(user_id).filter(target_id=target_id)
    edge_id = known.values_list("edge_id", flat=True).first()
    if edge_id is None:
        return False
    known.delete()
    change_ties(user_id)
    outbox.record(Unblocked(user_id=user_id, target_id=target_id, edge_id=edge_id))
    return True


def _add(user_id: int, target_id: int, *, now: datetime) -> tuple[bool, bool]:
    """Return whether there was anything to write, and whether the user is pulled no longer."""
    count = lock_count(user_id)
    if is_blocking(user_id, target_id):
        return False, False
    if BlockOut.objects.of(user_id).count() >= settings.GRAPH.block_cap:
        raise BlockCapReached
    edge_id = BlockOut.objects.create(user_id=user_id, target_id=target_id).edge_id
    end_following(user_id, target_id)
    has_flipped = end_follower(count, target_id, now=now)
    change_ties(user_id)
    outbox.record(Blocked(user_id=user_id, target_id=target_id, edge_id=edge_id))
    return True, has_flipped


def _apply(block: BlockIn) -> bool:
    """Write what the news changes, and return whether the user followed the blocker until now."""
    lock_count(block.user_id)
    known = BlockIn.objects.of(block.user_id).filter(blocker_id=block.blocker_id).first()
    if known is not None and known.age >= block.age:
        return False
    was_active = known is not None and known.is_active
    is_first = known is None or known.edge_id < block.edge_id
    block.save(force_insert=known is None, force_update=known is not None)
    if was_active != block.is_active:
        change_ties(block.user_id)
    if block.is_active:
        outbox.record(
            BlockReceived(user_id=block.user_id, blocker_id=block.blocker_id, edge_id=block.edge_id)
        )
    return is_first and end_following(block.user_id, block.blocker_id)
