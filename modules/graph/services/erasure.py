"""What ends when a user is erased: their edges and blocks, each told as if they had ended it themselves."""

from typing import Any, Final

from modules.graph.models import BlockIn, BlockOut, FollowIn, FollowOut, Mute
from modules.graph.services.blocks import remove_block, unblock
from modules.graph.services.consent import end_edge
from modules.graph.services.counts import lock_count
from modules.graph.services.follows import remove_edge
from modules.graph.services.mutes import unmute
from modules.kernel import clock
from sharding import erasing
from sharding.erasing import Phase, Step
from sharding.errors import InstanceUnavailable
from sharding.querysets import ShardedQuerySet

# Each takes some statements, with the user's counts locked meanwhile.
_PART: Final = 100
_WITHIN_S: Final = 30.0


def end_following_all(user_id: int, limit: int) -> dict[str, int]:
    """End a part of a user's edges and requests to others, in the open transaction."""
    lock_count(user_id)
    edges = list(FollowOut.objects.of(user_id)[: min(limit, _PART)])
    for edge in edges:
        remove_edge(edge)
    return _counted(FollowOut, edges)


def end_followers(user_id: int, limit: int) -> dict[str, int]:
    """End a part of the edges and requests of others to a user, in the open transaction."""
    count = lock_count(user_id)
    standing = [
        *FollowIn.objects.of(user_id).filter(is_active=True)[: min(limit, _PART)],
        *FollowIn.objects.of(user_id).filter(is_requested=True)[: min(limit, _PART)],
    ]
    now = clock.now()
    for edge in standing:
        end_edge(count, edge, now=now)
    # What is left of each is its tombstone, which is deleted and counted with the table.
    return {"": len(standing)} if standing else {}


def end_blocks(user_id: int, limit: int) -> dict[str, int]:
    """End a part of a user's blocks, in the open transaction."""
    blocked = list(BlockOut.objects.of(user_id).values_list("target_id", flat=True)[: min(limit, _PART)])
    for target_id in blocked:
        remove_block(user_id, target_id)
    return _counted(BlockOut, blocked)


def forget_in_others(user_id: int) -> None:
    """
    End the blocks and mutes that others have set against a user who is being erased.

    May be repeated, and goes on where it was. An instance that is away holds it up.

    :raises InstanceUnavailable: if any instance cannot say who mutes them
    """
    blocked_by = BlockIn.objects.of(user_id).on_primary().filter(is_active=True)
    for blocker_id in blocked_by.values_list("blocker_id", flat=True):
        unblock(blocker_id, user_id)
    while muters := _list_muters(user_id):
        for muter_id in muters:
            unmute(muter_id, user_id)


def _list_muters(user_id: int) -> list[int]:
    def query(rows: ShardedQuerySet[Mute]) -> Any:
        return rows.filter(target_id=user_id).order_by("user_id").values("user_id")[:_PART]

    found = Mute.objects.everywhere(query, within=_WITHIN_S, on_primary=True)
    if not found.complete:
        raise InstanceUnavailable(found.missing[0])
    return [row["user_id"] for row in found.rows]


def _counted(model: type[Any], rows: list[Any]) -> dict[str, int]:
    return {model._meta.db_table: len(rows)} if rows else {}


for _name, _run in (
    ("graph.blocks", end_blocks),
    ("graph.followers", end_followers),
    ("graph.following", end_following_all),
):
    erasing.register(Step(_name, Phase.TOLD, _run))
