"""The followee's side of an edge: a mirror, written after the news of it."""

from datetime import datetime

from django.db.models import F

from modules.graph.events import FollowAccepted, FollowerAdded, FollowerRemoved
from modules.graph.models import FollowCount, FollowIn
from modules.graph.selectors.blocks import is_blocking
from modules.graph.selectors.pulled import forget_pulled
from modules.graph.services.counts import announce_status, lock_count, pull_changes
from sharding import outbox
from sharding.scope import Once, writing_for


def add_follower(user_id: int, follower_id: int, *, edge_id: int, now: datetime, once: Once) -> None:
    """Mirror a new edge with its count on the followee's shard; news older than what is known is ignored."""
    edge = state_of(user_id, follower_id, edge_id, is_active=True)
    _mirror(edge, now=now, once=once)


def add_request(user_id: int, follower_id: int, *, edge_id: int, now: datetime, once: Once) -> None:
    """
    Mirror a request; news older than what is known is ignored.

    One that reaches an account which is public by now is accepted: whoever wants to may follow it.
    """
    edge = state_of(user_id, follower_id, edge_id, is_requested=True)
    _mirror(edge, now=now, once=once)


def remove_follower(user_id: int, follower_id: int, *, edge_id: int, now: datetime, once: Once) -> None:
    """Mirror the end of an edge, leaving a tombstone; news older than what is known is ignored."""
    _mirror(state_of(user_id, follower_id, edge_id), now=now, once=once)


def accept(
    count: FollowCount, known: FollowIn | None, follower_id: int, *, edge_id: int, now: datetime
) -> bool:
    """
    Make a request the edge that it asks for, and say so; with the user's counts locked.

    Returns whether the user came to be pulled, or no longer is.
    """
    outbox.record(FollowAccepted(user_id=count.user_id, follower_id=follower_id, edge_id=edge_id))
    edge = state_of(count.user_id, follower_id, edge_id, is_active=True)
    return change(count, known, edge, now=now)


def state_of(
    user_id: int,
    follower_id: int,
    edge_id: int,
    *,
    is_active: bool = False,
    is_requested: bool = False,
    is_refused: bool = False,
) -> FollowIn:
    """Return a state of an edge, to be written; its end, if nothing else is said."""
    return FollowIn(
        user_id=user_id,
        follower_id=follower_id,
        edge_id=edge_id,
        is_active=is_active,
        is_requested=is_requested,
        is_refused=is_refused,
    )


def change(count: FollowCount, known: FollowIn | None, edge: FollowIn, *, now: datetime) -> bool:
    """
    Write a state of an edge in place of what was known, with its count and its news; with the counts locked.

    Returns whether the user came to be pulled, or no longer is.
    """
    was_active = known is not None and known.is_active
    was_counted = known is not None and known.is_counted
    # What is known of the follower's account outlasts the news of the edge.
    edge.is_hidden = known is not None and known.is_hidden
    _keep(edge, is_known=known is not None)
    _announce(edge, was_active=was_active)
    if edge.is_active and count.is_closed:
        announce_status(count, after=edge.edge_id - 1)
    return _count(count, int(edge.is_counted) - int(was_counted), now=now)


def end_follower(count: FollowCount, follower_id: int, *, now: datetime) -> bool:
    """
    End an edge or a request from the followee's side, before the follower's side has ended it.

    What is left is the tombstone of a refused edge. Inside `writing_for(count.user_id)`, with the counts
    locked. Returns whether the followee is pulled no longer.
    """
    known = FollowIn.objects.of(count.user_id).filter(follower_id=follower_id).first()
    if known is None or not (known.is_active or known.is_requested):
        return False
    ended = state_of(count.user_id, follower_id, known.edge_id, is_refused=True)
    return change(count, known, ended, now=now)


def _mirror(edge: FollowIn, *, now: datetime, once: Once) -> None:
    """Bring one edge and all that hangs on it to a newer state, in one transaction, once per event."""
    with writing_for(edge.user_id, once=once):
        has_flipped = _apply(edge, now=now)
    if has_flipped:
        forget_pulled()


def _apply(edge: FollowIn, *, now: datetime) -> bool:
    """Write what the news changes, and return whether the author came to be pulled, or no longer is."""
    count = lock_count(edge.user_id)
    if (
        count.ties_version
        and (edge.is_active or edge.is_requested)
        and is_blocking(edge.user_id, edge.follower_id)
    ):
        # Begun before the block was heard of at the follower, where its news is going to end it.
        edge = state_of(edge.user_id, edge.follower_id, edge.edge_id, is_refused=True)
    known = FollowIn.objects.of(edge.user_id).filter(follower_id=edge.follower_id).first()
    if known is not None and known.age >= edge.age:
        return False
    if edge.is_requested and not count.is_private:
        return accept(count, known, edge.follower_id, edge_id=edge.edge_id, now=now)
    return change(count, known, edge, now=now)


def _keep(edge: FollowIn, *, is_known: bool) -> None:
    state = {name: getattr(edge, name) for name in ("edge_id", "is_active", "is_requested", "is_refused")}
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


def _count(count: FollowCount, gained: int, *, now: datetime) -> bool:
    count.followers += gained
    pulled = pull_changes(count, count.followers, now=now)
    if gained:
        FollowCount.objects.of(count.user_id).update(followers=F("followers") + gained, **pulled)
    for name, value in pulled.items():
        setattr(count, name, value)
    return bool(pulled)
