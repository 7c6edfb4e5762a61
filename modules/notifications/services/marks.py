"""How far a user has seen and read what they are notified of."""

from typing import Final

from django.db.models import Max

from modules.notifications.errors import NotificationNotFound
from modules.notifications.models import Group, Inbox
from modules.notifications.schemas import NewMarks, NotificationCounts
from modules.notifications.selectors.counts import to_counts
from modules.notifications.services.announcing import announce_change
from modules.notifications.services.tables import lock_inbox
from modules.notifications.services.withdrawing import is_unread, remove
from sharding.scope import require_binding, writing_for

_COUNT: Final = """
    SELECT count(*) FILTER (WHERE last_id > %s), count(*) FROM notifications_group
    WHERE user_id = %s AND actor_count > 0 AND NOT is_removed AND NOT is_read"""


def move_marks(user_id: int, marks: NewMarks) -> NotificationCounts:
    """
    Note how far a user has seen, or read, and announce it; return the counts of then.

    Marks do not move back, nor beyond what there is: what comes later has not been seen.
    """
    with writing_for(user_id):
        inbox = lock_inbox(user_id)
        groups = Group.objects.of(user_id)
        newest = groups.aggregate(newest=Max("last_id"))["newest"] or 0
        reads = 0
        if marks.read_up_to is not None:
            unread = groups.filter(actor_count__gt=0, is_removed=False, is_read=False)
            reads = unread.filter(last_id__lte=marks.read_up_to).update(is_read=True)
        seen_id = min(newest, max(marks.seen_up_to or 0, marks.read_up_to or 0))
        if reads or seen_id > inbox.seen_id:
            inbox.seen_id = max(inbox.seen_id, seen_id)
            unseen, unread_count = count_groups(inbox)
            announce_change(inbox, unseen=unseen, unread=unread_count)
    return to_counts(inbox)


def mark_read(user_id: int, group_id: int) -> None:
    """
    Note that a user has read one notification; what more of the same happens begins a new one.

    :raises NotificationNotFound: if there is no such notification of theirs
    """
    with writing_for(user_id):
        inbox, group = _lock(user_id, group_id)
        if is_unread(group):
            Group.objects.of(user_id).filter(id=group_id).update(is_read=True)
            unseen = inbox.unseen - (group.last_id > inbox.seen_id)
            announce_change(inbox, unseen=unseen, unread=inbox.unread - 1)


def delete_notification(user_id: int, group_id: int) -> None:
    """
    Delete one notification; who did what it told of is not told of again for the same.

    :raises NotificationNotFound: if there is no such notification of theirs
    """
    with writing_for(user_id):
        inbox, group = _lock(user_id, group_id)
        remove(inbox, [group])


def count_groups(inbox: Inbox) -> tuple[int, int]:
    """Return how many groups of a locked inbox are not seen, and not read: one read of an index of these."""
    with require_binding().connection.cursor() as cursor:
        cursor.execute(_COUNT, [inbox.seen_id, inbox.user_id])
        unseen, unread = cursor.fetchone()
    return int(unseen), int(unread)


def _lock(user_id: int, group_id: int) -> tuple[Inbox, Group]:
    inbox = lock_inbox(user_id)
    shown = Group.objects.of(user_id).filter(id=group_id, actor_count__gt=0, is_removed=False)
    if (group := shown.first()) is None:
        raise NotificationNotFound
    return inbox, group
