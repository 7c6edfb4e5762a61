"""The followee's side of an edge: a mirror, written after the news of it."""

from datetime import datetime

from django.db.models import F

from modules.graph.events import FollowerAdded, FollowerRemoved
from modules.graph.models import FollowCount, FollowIn
from modules.graph.selectors.blocks import is_blocking
from modules.graph.selectors.pulled import forget_pulled
from modules.graph.services.counts import announce_status, lock_count, pull_changes
from sharding import outbox
from sharding.scope import Once, writing_for


def add_follower(user_id: int, follower_id: int, *, edge_id: int, now: datetime, once: Once) -> None:
    """Mirror a new edge with its count on the followee's shard; news older than what is known is ignored."""
    edge = FollowIn(user_id=user_id, follower_id=follower_id, edge_id=edge_id, is_active=True)
    _mirror(edge, now=now, once=once)


def remove_follower(user_id: int, follower_id: int, *, edge_id: int, now: datetime, once: Once) -> None:
    """Mirror the end of an edge, leaving a tombstone; news older than what is known is ignored."""
    edge = FollowIn(user_id=user_id, follower_id=follower_id, edge_id=edge_id, is_active=False)
    _mirror(edge, now=now, once=once)


def end_follower(count: FollowCount, follower_id: int, *, now: datetime) -> bool:
    """
    End an edge from the followee's side, leaving a tombstone, before the follower's side has ended it.

    Inside `writing_for(count.user_id)`, with the counts locked. Returns whether the followee is pulled no
    longer.
    """
    known = FollowIn.objects.of(count.user_id).filter(follower_id=follower_id, is_active=True).first()
    if known is None:
        return False
    was_counted = known.is_counted
    known.is_active = False
    _keep(known, is_known=True)
    _announce(known, was_active=True)
    return _count(count, -int(was_counted), now=now)


def _mirror(edge: FollowIn, *, now: datetime, once: Once) -> None:
    """Bring one edge and all that hangs on it to a newer state, in one transaction, once per event."""
    with writing_for(edge.user_id, once=once):
        has_flipped = _apply(edge, now=now)
    if has_flipped:
        forget_pulled()


def _apply(edge: FollowIn, *, now: datetime) -> bool:
    """Write what the news changes, and return whether the author came to be pulled, or no longer is."""
    count = lock_count(edge.user_id)
    if edge.is_active and count.ties_version and is_blocking(edge.user_id, edge.follower_id):
        # Begun before the block was heard of at the follower, where its news is going to end it.
        edge.is_active = False
    known = FollowIn.objects.of(edge.user_id).filter(follower_id=edge.follower_id).first()
    if known is not None and known.age >= edge.age:
        return False
    was_active = known is not None and known.is_active
    was_counted = known is not None and known.is_counted
    # What is known of the follower's account outlasts the news of the edge.
    edge.is_hidden = known is not None and known.is_hidden
    _keep(edge, is_known=known is not None)
    _announce(edge, was_active=was_active)
    if edge.is_active and count.is_closed:
        announce_status(count, after=edge.edge_id - 1)
    return _count(count, int(edge.is_counted) - int(was_counted), now=now)


def _keep(edge: FollowIn, *, is_known: bool) -> None:
    state = {"edge_id": edge.edge_id, "is_active": edge.is_active}
    if is_known:
        FollowIn.objects.of(edge.user_id).filter(follower_id=edge.follower_id).update(**state)
    else:
        FollowIn.objects.create(user_id=edge.user_id, follower_id=edge.follower_id, **state)


def _announce(edge: FollowIn, *, was_active: bool) -> None:
    """Say what became of the edge; a newer one in place of an active one is news too: its backfill is due."""
    ids = {"user_id": edge.user_id, "follower_id": edge.follower_id, "edge_id": edge.edge_id}
    if edge.is_active:
        outbox.record(FollowerAdded(**ids))
    elif was_active:
        outbox.record(FollowerRemoved(**ids))


def _count(count: FollowCount, change: int, *, now: datetime) -> bool:
    pulled = pull_changes(count, count.followers + change, now=now)
    if change:
        FollowCount.objects.of(count.user_id).update(followers=F("followers") + change, **pulled)
    return bool(pulled)
