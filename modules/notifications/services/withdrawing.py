"""Withdrawing: what a block, or the end of a post, takes away from what somebody is notified of."""

from datetime import datetime
from typing import Final

from modules.notifications.models import Action, Group, Inbox
from modules.notifications.schemas import ABOUT_OWN_POSTS
from modules.notifications.services.announcing import announce_change
from modules.notifications.services.facts import Fact, Key
from modules.notifications.services.receiving import apply
from modules.notifications.services.tables import lock_inbox
from sharding.scope import writing_for

# Actions of one transaction: their lock is held for some 20 ms.
BATCH: Final = 500
_KEY: Final = ("type", "subject_id", "actor_id", "post_id", "reaction")


def withdraw_actor(user_id: int, actor_id: int, *, now: datetime) -> None:
    """
    Withdraw all that a user was told of one person, who is kept out by a block; a repeat changes nothing.

    It does not come back when the block ends. Each part in a transaction of its own.
    """
    while _withdraw_some(user_id, actor_id, now=now) == BATCH:
        pass


def withdraw_post(author_id: int, post_id: int) -> None:
    """Remove what an author is told of a post of theirs that is gone; a repeat does nothing."""
    with writing_for(author_id):
        # First the lock: whoever is about to tell of the post holds it, and has seen the post alive.
        inbox = lock_inbox(author_id)
        groups = Group.objects.of(author_id).filter(
            type__in=sorted(ABOUT_OWN_POSTS), subject_id=post_id, is_removed=False
        )
        if found := list(groups):
            remove(inbox, found)


def remove(inbox: Inbox, groups: list[Group]) -> None:
    """Remove groups from a locked inbox, and announce it; what is removed already is not counted again."""
    ids = [group.id for group in groups]
    unread = [group for group in groups if is_unread(group)]
    unseen = [group for group in unread if group.last_id > inbox.seen_id]
    Group.objects.of(inbox.user_id).filter(id__in=ids).update(is_removed=True)
    announce_change(inbox, unseen=inbox.unseen - len(unseen), unread=inbox.unread - len(unread))


def is_unread(group: Group) -> bool:
    """Return whether a group is counted among the unread."""
    return group.actor_count > 0 and not group.is_read and not group.is_removed


def _withdraw_some(user_id: int, actor_id: int, *, now: datetime) -> int:
    """Withdraw a part of what stands, and return how much that was."""
    with writing_for(user_id) as write:
        # First the lock, as above.
        lock_inbox(user_id)
        standing = Action.objects.of(user_id).filter(actor_id=actor_id, is_active=True)
        rows = list(standing.values_list(*_KEY, "edge_id")[:BATCH])
        facts = [Fact(user_id, Key(*row[:5]), row[5], is_active=False) for row in rows]
        if facts:
            apply(write, facts, now=now)
    return len(rows)
