"""
What users decide of those who follow them, or ask to: the followee's side is the authority for that.

Each decision is about one edge, by its id, and the follower's side hears of it. Whatever became of the edge
there meanwhile stands: no consent brings back a request that was withdrawn, a newer one waits for its own.
"""

from collections.abc import Callable
from datetime import datetime

from modules.graph.errors import FollowRequestNotFound
from modules.graph.events import FollowConfirmed, FollowRejected, FollowRevoked, RequestsAnswered
from modules.graph.models import FollowCount, FollowIn, FollowOut
from modules.graph.schemas import Relationship
from modules.graph.selectors.follows import map_relationships
from modules.graph.selectors.pulled import forget_pulled
from modules.graph.services import followers
from modules.graph.services.counts import lock_count
from modules.graph.services.following_cache import drop_following
from sharding import outbox
from sharding.scope import Once, writing_for

# Each takes four statements, and the user's counts are locked meanwhile: a part must not take long.
BATCH = 200


def accept_request(user_id: int, follower_id: int, *, now: datetime) -> Relationship:
    """
    Let somebody follow who asked to, and announce it; accepting twice is accepting once.

    :raises FollowRequestNotFound: if they neither ask nor follow, or their account is closed
    """
    with writing_for(user_id):
        count = lock_count(user_id)
        edge = _find(user_id, follower_id)
        if edge is None or edge.is_hidden or not (edge.is_requested or edge.is_active):
            raise FollowRequestNotFound
        has_flipped = edge.is_requested and _accept(count, edge, now=now)
    if has_flipped:
        forget_pulled()
    return map_relationships(user_id, [follower_id])[follower_id]


def reject_request(user_id: int, follower_id: int, *, now: datetime) -> None:
    """
    Refuse somebody who asks to follow, and announce it.

    :raises FollowRequestNotFound: if they do not ask, or their account is closed
    """
    with writing_for(user_id):
        count = lock_count(user_id)
        edge = _find(user_id, follower_id)
        if edge is None or edge.is_hidden or not edge.is_requested:
            raise FollowRequestNotFound
        _reject(count, edge, now=now)


def revoke_follow(user_id: int, follower_id: int, *, now: datetime) -> None:
    """Remove a follower and announce it; nothing happens if they do not follow."""
    with writing_for(user_id):
        count = lock_count(user_id)
        edge = _find(user_id, follower_id)
        has_flipped = edge is not None and edge.is_active and _revoke(count, edge, now=now)
    if has_flipped:
        forget_pulled()


def end_edge(count: FollowCount, edge: FollowIn, *, now: datetime) -> None:
    """Remove a follower or refuse a request, and announce it; in a transaction that has locked the counts."""
    end = _reject if edge.is_requested else _revoke
    end(count, edge, now=now)


def answer_requests(
    user_id: int, *, are_accepted: bool, after: int, last: int, now: datetime, once: Once
) -> None:
    """Accept or reject a part of the requests made up to an edge, and announce that the next is due, once."""
    answer: Callable[..., bool] = _accept if are_accepted else _reject
    with writing_for(user_id, once=once):
        count = lock_count(user_id)
        rows = FollowIn.objects.of(user_id).filter(is_requested=True, edge_id__gt=after, edge_id__lte=last)
        edges = list(rows.order_by("edge_id")[:BATCH])
        has_flipped = [answer(count, edge, now=now) for edge in edges]
        if len(edges) == BATCH:
            outbox.record(
                RequestsAnswered(
                    user_id=user_id,
                    are_accepted=are_accepted,
                    after_edge_id=edges[-1].edge_id,
                    last_edge_id=last,
                )
            )
    if any(has_flipped):
        forget_pulled()


def confirm_follow(follower_id: int, target_id: int, *, edge_id: int, once: Once) -> None:
    """Make an accepted request an edge on the follower's side too, once, unless it is gone or a newer one."""
    with writing_for(follower_id, once=once):
        count = lock_count(follower_id)
        requests = FollowOut.objects.of(follower_id).filter(
            target_id=target_id, edge_id=edge_id, is_requested=True
        )
        edge = requests.first()
        if edge is not None:
            requests.update(is_requested=False)
            # Of somebody closed meanwhile it is counted when they come back.
            changes = {"requested": count.requested - 1, "following": count.following + (not edge.is_hidden)}
            FollowCount.objects.of(follower_id).update(**changes)
            outbox.record(FollowConfirmed(follower_id=follower_id, target_id=target_id, edge_id=edge_id))
    if edge is not None:
        drop_following.now(follower_id)


def _find(user_id: int, follower_id: int) -> FollowIn | None:
    return FollowIn.objects.of(user_id).filter(follower_id=follower_id).first()


def _accept(count: FollowCount, edge: FollowIn, *, now: datetime) -> bool:
    return followers.accept(count, edge, edge.follower_id, edge_id=edge.edge_id, now=now)


def _reject(count: FollowCount, edge: FollowIn, *, now: datetime) -> bool:
    outbox.record(FollowRejected(**_ids(edge)))
    return followers.change(count, edge, _refused(edge), now=now)


def _revoke(count: FollowCount, edge: FollowIn, *, now: datetime) -> bool:
    outbox.record(FollowRevoked(**_ids(edge)))
    return followers.change(count, edge, _refused(edge), now=now)


def _refused(edge: FollowIn) -> FollowIn:
    """Return the tombstone of an edge that its target has ended."""
    return followers.state_of(edge.user_id, edge.follower_id, edge.edge_id, is_refused=True)


def _ids(edge: FollowIn) -> dict[str, int]:
    return {"user_id": edge.user_id, "follower_id": edge.follower_id, "edge_id": edge.edge_id}
