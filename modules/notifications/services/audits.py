"""The audit of notifications: how many did something, and how many are not seen or read, beside the rows."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.db.backends.utils import CursorWrapper

from modules.notifications.models import Inbox
from modules.notifications.services.announcing import announce_change
from modules.notifications.services.marks import count_groups
from modules.notifications.services.tables import lock_inbox
from sharding import audits
from sharding.audits import Audit, Difference
from sharding.scatter import read_per_instance
from sharding.scope import require_binding, writing_for

_MISCOUNTED: Final = """
    SELECT known.user_id, 'actors_differ', known.id, known.actor_count, there.actors
    FROM notifications_group AS known CROSS JOIN LATERAL (
        SELECT count(*) AS actors FROM notifications_action AS action
        WHERE action.user_id = known.user_id AND action.group_id = known.id AND action.is_counted) AS there
    WHERE known.user_id = ANY(%(users)s) AND known.actor_count <> there.actors
    UNION ALL
    SELECT inbox.user_id, 'counts_differ', 0, inbox.unseen * 1000000 + inbox.unread,
        there.unseen * 1000000 + there.unread
    FROM notifications_inbox AS inbox CROSS JOIN LATERAL (
        SELECT count(*) AS unread, count(*) FILTER (WHERE last_id > inbox.seen_id) AS unseen
        FROM notifications_group AS known
        WHERE known.user_id = inbox.user_id AND actor_count > 0 AND NOT is_removed AND NOT is_read) AS there
    WHERE inbox.user_id = ANY(%(users)s) AND (inbox.unseen, inbox.unread) <> (there.unseen, there.unread)"""
_COUNT_ACTORS: Final = """
    UPDATE notifications_group AS known SET actor_count = (
        SELECT count(*) FROM notifications_action AS action
        WHERE action.user_id = known.user_id AND action.group_id = known.id AND action.is_counted)
    WHERE known.user_id = %s AND known.id = ANY(%s)"""


def compare_counts(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield groups and users whose counts are not the numbers of their rows, as of one moment."""

    def read(cursor: CursorWrapper, mine: list[int]) -> list[tuple[int, str, int, int, int]]:
        cursor.execute(_MISCOUNTED, {"users": mine})
        rows: list[tuple[int, str, int, int, int]] = cursor.fetchall()
        return rows

    for user_id, kind, group_id, counted, there in read_per_instance(owner_ids, read, on_primary=True):
        yield Difference(user_id, kind, known=(group_id, counted, there))


def repair_counts(differences: Sequence[Difference]) -> int:
    """Count again, under the lock that every change takes; return how many."""
    for user_id in {each.owner_id for each in differences}:
        group_ids = [each.known[0] for each in differences if each.owner_id == user_id]
        with writing_for(user_id):
            inbox = lock_inbox(user_id)
            with require_binding().connection.cursor() as cursor:
                cursor.execute(_COUNT_ACTORS, [user_id, group_ids])
            unseen, unread = count_groups(inbox)
            announce_change(inbox, unseen=unseen, unread=unread)
    return len(differences)


audits.register(Audit("notifications.counts", audits.owners_of(Inbox), compare_counts, repair_counts))
