"""How many notifications a user has not seen, and not read."""

from modules.notifications.models import Inbox
from modules.notifications.schemas import NotificationCounts


def get_counts(user_id: int) -> NotificationCounts:
    """Return the counts of a user: one read of one row."""
    return to_counts(
        Inbox.objects.of(user_id).first() or Inbox(user_id=user_id, unseen=0, unread=0, seen_id=0, version=0)
    )


def to_counts(inbox: Inbox) -> NotificationCounts:
    """Return the counts that a row holds."""
    return NotificationCounts(
        unseen=inbox.unseen, unread=inbox.unread, seen_up_to=inbox.seen_id or None, version=inbox.version
    )
