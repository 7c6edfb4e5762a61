"""A user's counts: the lock that serializes their edges, and the line between pushed and pulled."""

from datetime import datetime
from typing import Any

from django.conf import settings

from modules.graph.events import StatusChanged
from modules.graph.models import FollowCount
from sharding import outbox
from sharding.scope import writing_for


def lock_count(user_id: int) -> FollowCount:
    """
    Return the user's counts, locked until the transaction ends; made if they are missing.

    Inside `writing_for(user_id)`. With the lock held, nobody else changes an edge of this user, so what
    is read afterwards stays true: no cap is overrun and no edge is counted twice.
    """
    counts = FollowCount.objects.of(user_id).select_for_update()
    return counts.get_or_create(user_id=user_id)[0]


def hide_counts(user_id: int, hide: bool) -> None:
    """Hide a user's counts from everyone else, or show them."""
    with writing_for(user_id):
        lock_count(user_id)
        FollowCount.objects.of(user_id).update(are_hidden=hide)


def announce_status(count: FollowCount, *, after: int = 0) -> None:
    """Say that edges newer than one must hear whether an account is closed; with its user's counts locked."""
    outbox.record(
        StatusChanged(
            user_id=count.user_id,
            version=count.status_version,
            is_closed=count.is_closed,
            after_edge_id=after,
        )
    )


def pull_changes(count: FollowCount, followers: int, *, now: datetime) -> dict[str, Any]:
    """Return what a new number of followers changes about the author's being pulled; usually nothing."""
    if followers >= settings.GRAPH.pull_threshold and not count.is_pulled:
        return {"is_pulled": True, "pulled_until": None}
    if followers < settings.GRAPH.pull_demotion and count.is_pulled:
        return {"is_pulled": False, "pulled_until": now + settings.GRAPH.pull_overlap}
    return {}
