"""Writing down what is done, before it is done, in the transaction that does it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connections

from modules.audit.models import AuditEntry
from modules.audit.schemas import Action
from sharding.scope import writing_directory

# One statement: the entry is written if somebody is found, and else there is nothing to record.
_RECORD = """
    WITH found AS (%s), entry AS (
        INSERT INTO accounts_auditentry (at, action, app_id, key_id, user_id, method, path, request_id)
        SELECT %%(at)s, 'request', %%(app_id)s, %%(key_id)s, user_id, %%(method)s, %%(path)s, %%(request_id)s
        FROM found
    )
    SELECT * FROM found"""


def record_request(
    action: Action, *, found: str, values: Mapping[str, int], app_id: str, key_id: int, now: datetime
) -> tuple[Any, ...] | None:
    """
    Record that a key acts for the user whom a SELECT of the caller's finds, and return that row.

    None is for nobody, and then nothing is written. `found` names a column `user_id`, and its own `values` in
    psycopg's way; it is a part of the one statement that this costs.
    """
    entry: dict[str, datetime | str | int] = {
        "at": now,
        "app_id": app_id,
        "key_id": key_id,
        "method": action.method[:10],
        "path": action.path[:200],
        "request_id": action.request_id,
    }
    with writing_directory() as write, connections[write.alias].cursor() as cursor:
        cursor.execute(_RECORD % found, {**values, **entry})
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def note(
    action: str,
    *,
    actor_id: int | None,
    now: datetime,
    app_id: str | None = None,
    key_id: int | None = None,
    user_id: int | None = None,
) -> None:
    """Record what somebody does, in the transaction that does it."""
    AuditEntry.objects.create(
        at=now, action=action, app_id=app_id, key_id=key_id, actor_id=actor_id, user_id=user_id
    )
