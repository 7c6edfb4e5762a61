"""The rows behind a user's groups: read and written for many facts at once, inside one write for the user."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from modules.kernel.stored_json import to_text
from modules.notifications.models import Inbox
from modules.notifications.services.facts import Fact, Key
from modules.notifications.services.grouping import ActionState, Gathered, GroupState
from sharding.ids import EPOCH, make_id
from sharding.scope import require_binding

_MAKE_INBOX: Final = "INSERT INTO notifications_inbox (user_id) VALUES (%s) ON CONFLICT DO NOTHING"
_ACTIONS: Final = """
    SELECT action.type, action.subject_id, action.actor_id, action.post_id, action.reaction,
        action.edge_id, action.is_active, action.is_counted, action.group_id, action.action_id
    FROM (SELECT DISTINCT * FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[]))
        AS person (type, subject_id, actor_id)
    JOIN notifications_action AS action USING (type, subject_id, actor_id)
    WHERE action.user_id = %s"""
_GROUPS: Final = """
    SELECT id, type, subject_id, last_id, actor_count, is_read, is_removed FROM notifications_group
    WHERE user_id = %(user_id)s AND id = ANY(%(ids)s)
    UNION
    SELECT newest.* FROM (SELECT DISTINCT * FROM unnest(%(types)s::smallint[], %(subjects)s::bigint[]))
        AS subject (type, subject_id)
    CROSS JOIN LATERAL (
        SELECT id, type, subject_id, last_id, actor_count, is_read, is_removed
        FROM notifications_group AS known
        WHERE known.user_id = %(user_id)s AND known.type = subject.type
            AND known.subject_id = subject.subject_id
        ORDER BY known.id DESC LIMIT 1) AS newest"""
_STORE_ACTIONS: Final = """
    INSERT INTO notifications_action AS known (user_id, type, subject_id, actor_id, post_id, reaction,
        edge_id, is_active, is_counted, group_id, action_id)
    SELECT %s, * FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
        %s::bigint[], %s::boolean[], %s::boolean[], %s::bigint[], %s::bigint[])
    ON CONFLICT (user_id, type, subject_id, actor_id, post_id, reaction) DO UPDATE
    SET edge_id = excluded.edge_id, is_active = excluded.is_active, is_counted = excluded.is_counted,
        group_id = excluded.group_id, action_id = excluded.action_id"""
_STORE_GROUPS: Final = """
    INSERT INTO notifications_group AS known
        (user_id, id, type, subject_id, last_id, actor_count, name, data)
    SELECT %s, * FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::int[],
        %s::text[], %s::text[])
    ON CONFLICT (id) DO UPDATE SET last_id = excluded.last_id, actor_count = excluded.actor_count"""


def lock_inbox(user_id: int) -> Inbox:
    """
    Return a user's inbox, locked until the transaction ends; made if it is missing.

    Inside `writing_for(user_id)`. With the lock held nobody else changes what they are notified of.
    """
    inboxes = Inbox.objects.of(user_id).select_for_update()
    if (inbox := inboxes.first()) is None:
        with require_binding().connection.cursor() as cursor:
            cursor.execute(_MAKE_INBOX, [user_id])
        inbox = inboxes.get()
    return inbox


def load(user_id: int, facts: Sequence[Fact], *, now: datetime) -> Gathered:
    """Return what is known that these facts concern: two reads, however many there are."""
    with require_binding().connection.cursor() as cursor:
        actions = _load_actions(cursor, user_id, {fact.key.person for fact in facts})
        subjects = {fact.key.subject for fact in facts}
        told_in = {action.group_id for action in actions if action.group_id is not None}
        groups = _load_groups(cursor, user_id, subjects, told_in)
    return Gathered(
        {action.key: action for action in actions},
        {group.id: group for group in groups},
        oldest_open(now),
    )


def store(user_id: int, gathered: Gathered) -> None:
    """Write what facts have changed: one statement for the actions, and one for the groups if any has."""
    with require_binding().connection.cursor() as cursor:
        actions = list(gathered.touched_actions.values())
        if actions:
            cursor.execute(_STORE_ACTIONS, [user_id, *_columns(_to_row(action) for action in actions)])
        groups = list(gathered.touched_groups.values())
        if groups:
            cursor.execute(_STORE_GROUPS, [user_id, *_columns(_to_group_row(group) for group in groups)])


def oldest_open(now: datetime) -> int:
    """Return the id of which only greater ones are those of groups that are open."""
    return first_id_at(now - settings.NOTIFICATIONS.open_for)


def first_id_at(moment: datetime) -> int:
    """Return an id that no id of a later moment is below."""
    return make_id(max(0, int((moment - EPOCH).total_seconds() * 1000)), 0, 0)


def _load_actions(
    cursor: CursorWrapper, user_id: int, persons: Collection[tuple[int, int, int]]
) -> list[ActionState]:
    cursor.execute(_ACTIONS, [*_columns(persons), user_id])
    return [ActionState(Key(*row[:5]), *row[5:]) for row in cursor.fetchall()]


def _load_groups(
    cursor: CursorWrapper, user_id: int, subjects: Collection[tuple[int, int]], ids: Collection[int]
) -> list[GroupState]:
    types, subject_ids = _columns(subjects)
    cursor.execute(_GROUPS, {"user_id": user_id, "ids": list(ids), "types": types, "subjects": subject_ids})
    return [GroupState(*row) for row in cursor.fetchall()]


def _to_row(action: ActionState) -> tuple[Any, ...]:
    return (
        *action.key,
        action.edge_id,
        action.is_active,
        action.is_counted,
        action.group_id,
        action.action_id,
    )


def _to_group_row(group: GroupState) -> tuple[Any, ...]:
    return (
        group.id,
        group.type,
        group.subject_id,
        group.last_id,
        group.actor_count,
        group.name,
        to_text(group.data),
    )


def _columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Return rows as columns; there is at least one."""
    return [list(column) for column in zip(*rows, strict=True)]
