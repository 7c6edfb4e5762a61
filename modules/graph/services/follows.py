"""Following and unfollowing: the follower's side, which is the authority."""

from django.conf import settings
from django.db.models import F

from modules.accounts import public as accounts
from modules.graph.errors import CannotFollowYourself, FollowingCapReached, UserBlocked, UserNotFound
from modules.graph.events import Followed, Unfollowed
from modules.graph.models import FollowCount, FollowOut
from modules.graph.schemas import Relationship
from modules.graph.selectors.blocks import is_blocked_by, is_blocking
from modules.graph.selectors.follows import map_relationships
from modules.graph.services.counts import announce_status, lock_count
from modules.graph.services.following_cache import drop_following
from sharding import outbox
from sharding.scope import writing_for


def follow(follower_id: int, target_id: int) -> Relationship:
    """
    Make one user follow another and announce it; following twice is following once.

    :raises CannotFollowYourself: if both are the same person
    :raises UserNotFound: if there is no active account of the target, or the target blocks the follower
    :raises UserBlocked: if the follower blocks the target
    :raises FollowingCapReached: if the follower has reached the limit
    """
    if follower_id == target_id:
        raise CannotFollowYourself
    # Advisory: accounts live elsewhere, so one may close between this look and the write.
    target = accounts.map_identities([target_id]).get(target_id)
    if target is None or not target.is_active:
        raise UserNotFound

    with writing_for(follower_id):
        has_changed = _add_edge(follower_id, target_id)
    if has_changed:
        drop_following.now(follower_id)
    return map_relationships(follower_id, [target_id])[target_id]


def unfollow(follower_id: int, target_id: int) -> None:
    """End one user's following another and announce it; nothing happens if there is no edge."""
    with writing_for(follower_id):
        has_changed = _remove_edge(follower_id, target_id)
    if has_changed:
        drop_following.now(follower_id)


def _add_edge(follower_id: int, target_id: int) -> bool:
    """Write the edge, its count and its announcement, and return whether there was anything to write."""
    count = lock_count(follower_id)
    if count.ties_version:
        _refuse_blocked(follower_id, target_id)
    if FollowOut.objects.of(follower_id).filter(target_id=target_id).exists():
        return False
    if count.following >= settings.GRAPH.following_cap:
        raise FollowingCapReached

    edge = FollowOut.objects.create(user_id=follower_id, target_id=target_id)
    FollowCount.objects.of(follower_id).update(following=F("following") + 1)
    outbox.record(Followed(follower_id=follower_id, target_id=target_id, edge_id=edge.edge_id))
    if count.status_version:
        # Closed in this very moment, or opened: an older edge's tombstone at the target may say otherwise.
        announce_status(count)
    return True


def _refuse_blocked(follower_id: int, target_id: int) -> None:
    if is_blocking(follower_id, target_id):
        raise UserBlocked
    if is_blocked_by(follower_id, target_id):
        raise UserNotFound


def _remove_edge(follower_id: int, target_id: int) -> bool:
    lock_count(follower_id)
    return end_following(follower_id, target_id)


def end_following(follower_id: int, target_id: int) -> bool:
    """
    Remove an edge, count it off and announce it, and return whether there was an edge.

    Inside `writing_for(follower_id)`, with the follower's counts locked.
    """
    edge = FollowOut.objects.of(follower_id).filter(target_id=target_id).first()
    if edge is None:
        return False

    FollowOut.objects.of(follower_id).filter(target_id=target_id).delete()
    if not edge.is_hidden:
        FollowCount.objects.of(follower_id).update(following=F("following") - 1)
    outbox.record(Unfollowed(follower_id=follower_id, target_id=target_id, edge_id=edge.edge_id))
    return True
