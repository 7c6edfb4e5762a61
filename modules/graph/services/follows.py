"""Following, asking to, and unfollowing: the follower's side, which says whether an edge exists."""

from django.conf import settings
from django.db.models import F

from modules.accounts import public as accounts
from modules.graph.errors import (
    CannotFollowYourself,
    FollowingCapReached,
    FollowRequestCapReached,
    NotFollowing,
    UserBlocked,
    UserNotFound,
)
from modules.graph.events import Followed, FollowRequested, Unfollowed
from modules.graph.models import FollowCount, FollowOut
from modules.graph.schemas import FollowOptions, Relationship
from modules.graph.selectors.blocks import is_blocked_by, is_blocking
from modules.graph.selectors.follows import map_relationships
from modules.graph.selectors.privacy import is_private
from modules.graph.services.counts import announce_status, lock_count
from modules.graph.services.following_cache import drop_following
from modules.graph.services.ties import change_ties, renew_ties
from sharding import outbox
from sharding.scope import Once, writing_for

_COLUMNS = {"notify": "notifies", "reposts": "shows_reposts"}


def follow(follower_id: int, target_id: int, options: FollowOptions | None = None) -> Relationship:
    """
    Make one user follow another, or ask a private one to consent, and announce it; twice is once.

    Options that are sent are kept, also of an edge that stands.

    :raises CannotFollowYourself: if both are the same person
    :raises UserNotFound: if there is no active account of the target, or the target blocks the follower
    :raises UserBlocked: if the follower blocks the target
    :raises FollowingCapReached: if the follower has reached the limit
    :raises FollowRequestCapReached: if they have asked as many as they may
    :raises InstanceUnavailable: if the target's cannot say whether they are private
    """
    if follower_id == target_id:
        raise CannotFollowYourself
    # Advisory: accounts live elsewhere, so one may close between this look and the write. One that goes
    # private in between keeps the follower: they followed before, as all whom going private keeps.
    target = accounts.map_identities([target_id]).get(target_id)
    if target is None or not target.is_active:
        raise UserNotFound
    asks = is_private(target_id)

    columns = _to_columns(options)
    with writing_for(follower_id):
        follows_more = _add_edge(follower_id, target_id, asks=asks, options=columns)
    if follows_more:
        drop_following.now(follower_id)
    if "shows_reposts" in columns:
        renew_ties.now(follower_id)
    return map_relationships(follower_id, [target_id])[target_id]


def set_follow_options(follower_id: int, target_id: int, options: FollowOptions) -> Relationship:
    """
    Change what a follower wants of somebody whom they follow, or asked to.

    :raises NotFollowing: if they do neither
    """
    columns = _to_columns(options)
    with writing_for(follower_id):
        lock_count(follower_id)
        edge = FollowOut.objects.of(follower_id).filter(target_id=target_id).first()
        if edge is None:
            raise NotFollowing
        _set_options(edge, columns)
    if "shows_reposts" in columns:
        renew_ties.now(follower_id)
    return map_relationships(follower_id, [target_id])[target_id]


def unfollow(follower_id: int, target_id: int) -> None:
    """End one user's following another, or asking to, and announce it; nothing happens without an edge."""
    with writing_for(follower_id):
        lock_count(follower_id)
        had_edge = end_following(follower_id, target_id)
    if had_edge:
        drop_following.now(follower_id)


def end_following(follower_id: int, target_id: int) -> bool:
    """
    Remove an edge or a request, count it off and announce it, and return whether there was one.

    Inside `writing_for(follower_id)`, with the follower's counts locked.
    """
    edge = FollowOut.objects.of(follower_id).filter(target_id=target_id).first()
    if edge is not None:
        remove_edge(edge)
    return edge is not None


def end_follow(follower_id: int, target_id: int, *, edge_id: int, once: Once) -> None:
    """Remove the edge that its target has rejected or revoked, once; a newer one of the two stays."""
    with writing_for(follower_id, once=once):
        lock_count(follower_id)
        edge = FollowOut.objects.of(follower_id).filter(target_id=target_id, edge_id=edge_id).first()
        if edge is not None:
            remove_edge(edge)
    if edge is not None:
        drop_following.now(follower_id)


def remove_edge(edge: FollowOut) -> None:
    """Remove an edge or a request, count it off and announce it; with its follower's counts locked."""
    FollowOut.objects.of(edge.user_id).filter(target_id=edge.target_id).delete()
    if edge.is_requested:
        FollowCount.objects.of(edge.user_id).update(requested=F("requested") - 1)
    elif not edge.is_hidden:
        FollowCount.objects.of(edge.user_id).update(following=F("following") - 1)
    outbox.record(Unfollowed(follower_id=edge.user_id, target_id=edge.target_id, edge_id=edge.edge_id))
    if not edge.shows_reposts:
        change_ties(edge.user_id)


def _set_options(edge: FollowOut, columns: dict[str, bool]) -> None:
    """Write options of an edge that stands; whose reposts a follower hides is among their exceptions."""
    if columns:
        FollowOut.objects.of(edge.user_id).filter(target_id=edge.target_id).update(**columns)
    if columns.get("shows_reposts", edge.shows_reposts) != edge.shows_reposts:
        change_ties(edge.user_id)


def _to_columns(options: FollowOptions | None) -> dict[str, bool]:
    sent = {} if options is None else options.model_dump(exclude_unset=True)
    return {_COLUMNS[name]: value for name, value in sent.items()}


def _add_edge(follower_id: int, target_id: int, *, asks: bool, options: dict[str, bool]) -> bool:
    """Write the edge, its count and its announcement, and return whether the follower follows one more."""
    count = lock_count(follower_id)
    if count.ties_version:
        _refuse_blocked(follower_id, target_id)
    edge = FollowOut.objects.of(follower_id).filter(target_id=target_id).first()
    if edge is not None and (asks or not edge.is_requested):
        _set_options(edge, options)
        return False
    if edge is not None:
        # Asked, and the target is public by now: a newer edge takes the place of the request, here and there.
        options = {"notifies": edge.notifies, "shows_reposts": edge.shows_reposts} | options
        FollowOut.objects.of(follower_id).filter(target_id=target_id).delete()
        count.requested -= 1
    _require_room(count, asks=asks)

    edge = FollowOut.objects.create(user_id=follower_id, target_id=target_id, is_requested=asks, **options)
    _count(count, asks=asks)
    if not edge.shows_reposts:
        change_ties(follower_id)
    kind = FollowRequested if asks else Followed
    outbox.record(kind(follower_id=follower_id, target_id=target_id, edge_id=edge.edge_id))
    if count.status_version:
        # Closed in this very moment, or opened: an older edge's tombstone at the target may say otherwise.
        announce_status(count)
    return not asks


def _refuse_blocked(follower_id: int, target_id: int) -> None:
    if is_blocking(follower_id, target_id):
        raise UserBlocked
    if is_blocked_by(follower_id, target_id):
        raise UserNotFound


def _require_room(count: FollowCount, *, asks: bool) -> None:
    if count.following + count.requested >= settings.GRAPH.following_cap:
        raise FollowingCapReached
    if asks and count.requested >= settings.GRAPH.request_cap:
        raise FollowRequestCapReached


def _count(count: FollowCount, *, asks: bool) -> None:
    """Count one more with the counts locked, whose `requested` is what it is without it."""
    changes = {"following": count.following + (not asks), "requested": count.requested + asks}
    FollowCount.objects.of(count.user_id).update(**changes)
