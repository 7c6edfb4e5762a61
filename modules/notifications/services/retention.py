"""Forgetting what has had no news for long, a user at a time."""

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet

from modules.notifications.models import Action, Group, Inbox
from modules.notifications.services.announcing import announce_change
from modules.notifications.services.marks import count_groups
from modules.notifications.services.tables import first_id_at, lock_inbox
from sharding.querysets import ShardedQuerySet
from sharding.scope import writing_for

BATCH: Final = 500
_WITHIN_S: Final = 10.0


def forget_old_notifications(*, now: datetime) -> None:
    """Delete groups, with their actions, and untold actions that are older than they are kept."""
    before = first_id_at(now - settings.NOTIFICATIONS.kept_for)
    while owners := _list_owners(Group, "last_id", before):
        for user_id in owners:
            _forget_groups(user_id, before)
    while owners := _list_owners(Action, "action_id", before, group_id=None):
        for user_id in owners:
            with writing_for(user_id):
                Action.objects.of(user_id).filter(group_id=None, action_id__lt=before).delete()


def _list_owners(
    model: type[Group] | type[Action], column: str, before: int, **conditions: None
) -> list[int]:
    """Return whose rows are the oldest: one read of an index of each instance."""

    def query(rows: ShardedQuerySet[Any]) -> QuerySet[Any, dict[str, Any]]:
        old = rows.filter(**{f"{column}__lt": before}, **conditions)
        found: QuerySet[Any, dict[str, Any]] = old.order_by(column).values(column, "user_id")[:BATCH]
        return found

    # An instance that is away is asked again tomorrow.
    found = model.objects.everywhere(query, within=_WITHIN_S, on_primary=True)
    return list(dict.fromkeys(row["user_id"] for row in found.rows))


def _forget_groups(user_id: int, before: int) -> None:
    with writing_for(user_id):
        inbox: Inbox = lock_inbox(user_id)
        old = Group.objects.of(user_id).filter(last_id__lt=before)
        ids = list(old.order_by("last_id").values_list("id", flat=True)[:BATCH])
        Action.objects.of(user_id).filter(group_id__in=ids).delete()
        Group.objects.of(user_id).filter(id__in=ids).delete()
        unseen, unread = count_groups(inbox)
        if (unseen, unread) != (inbox.unseen, inbox.unread):
            announce_change(inbox, unseen=unseen, unread=unread)
