"""The record of what is done with the power of apps, written before it is done."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connections

from modules.accounts.models import AuditEntry
from sharding.scope import writing_directory

# One statement: the entry is written if the user may be acted for, and else there is nothing to record.
_ACT = """
    INSERT INTO accounts_auditentry (at, action, app_id, key_id, user_id, method, path, request_id)
    SELECT %(at)s, 'request', %(app_id)s, %(key_id)s, id, %(method)s, %(path)s, %(request_id)s
    FROM accounts_user WHERE id = %(user_id)s AND is_active
    RETURNING (SELECT epoch FROM accounts_user WHERE id = %(user_id)s)"""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a request is about to do, without its query string."""

    method: str
    path: str
    request_id: str


def act_for(user_id: int, deed: Deed, *, app_id: str, key_id: int, now: datetime) -> int | None:
    """Record that a key acts for a user, and return the user's epoch; None if nobody active has the id."""
    entry: dict[str, datetime | str | int] = {
        "at": now,
        "app_id": app_id,
        "key_id": key_id,
        "user_id": user_id,
        "method": deed.method[:10],
        "path": deed.path[:200],
        "request_id": deed.request_id,
    }
    with writing_directory() as write, connections[write.alias].cursor() as cursor:
        cursor.execute(_ACT, entry)
        row = cursor.fetchone()
    return row[0] if row else None


def note(action: str, app_id: str, *, actor_id: int | None, now: datetime, key_id: int | None = None) -> None:
    """Record a change of an app or a key, in the transaction that makes it."""
    AuditEntry.objects.create(at=now, action=action, app_id=app_id, key_id=key_id, actor_id=actor_id)
