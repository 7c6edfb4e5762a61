"""The one place where a change of somebody's notifications becomes known: to their devices, by and by."""

from collections.abc import Sequence

from modules.notifications.events import NotificationsChanged
from modules.notifications.models import Inbox
from sharding import outbox


def announce_change(inbox: Inbox, *, unseen: int, unread: int, group_ids: Sequence[int] = ()) -> None:
    """
    Store a user's counts and announce the change, in its transaction, with their inbox locked.

    `group_ids` are the groups with news. Whoever pushes, mails or keeps sockets hears `NotificationsChanged`;
    of two the greater version is the newer one.
    """
    inbox.unseen, inbox.unread, inbox.version = unseen, unread, inbox.version + 1
    Inbox.objects.of(inbox.user_id).update(
        unseen=unseen, unread=unread, seen_id=inbox.seen_id, version=inbox.version
    )
    outbox.record(
        NotificationsChanged(
            user_id=inbox.user_id,
            version=inbox.version,
            unseen=unseen,
            unread=unread,
            group_ids=list(group_ids),
        )
    )
