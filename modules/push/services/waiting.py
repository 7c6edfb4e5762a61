"""What the clock does: send what nobody has, and forget what is no news any more."""

import time
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db.models import QuerySet

from modules.push.models import Push
from modules.push.services.sending import send_due_pushes
from sharding.querysets import ShardedQuerySet
from sharding.scope import writing_for
from sharding.tracebacks import tell

log = structlog.get_logger(__name__)

_WITHIN_S: Final = 5.0
# Then nothing more is begun: what a user has may take half a minute, and a task has less than one.
_SENDING_FOR_S: Final = 15.0
_FORGETTING_FOR_S: Final = 40.0
_BATCH: Final = 500
# By then a notification has had no news for so long that the next is pushed at once.
_KEPT: Final = timedelta(days=2)


def send_waiting_pushes(*, now: datetime) -> None:
    """Send what waits for its time, or was left by a worker that died; the rest waits a minute more."""
    ends_at = time.monotonic() + _SENDING_FOR_S
    for user_id in _list_users("due_at", due_at__lte=now):
        if time.monotonic() > ends_at:
            return
        try:
            send_due_pushes(user_id, now=now)
        except Exception as error:  # noqa: BLE001 - whatever it was, others go on; theirs is tried again
            log.warning("pushes_not_sent", user_id=str(user_id), error=tell(error))


def forget_old_pushes(*, now: datetime) -> None:
    """Forget what was pushed long ago, or was to be."""
    before, ends_at = now - _KEPT, time.monotonic() + _FORGETTING_FOR_S
    while user_ids := _list_users("planned_at", planned_at__lt=before):
        # Of those who come later nothing is lost: it comes round again.
        done = [_forget(user_id, before) for user_id in user_ids if time.monotonic() < ends_at]
        if not any(done):
            return


def _forget(user_id: int, before: datetime) -> bool:
    try:
        with writing_for(user_id):
            Push.objects.of(user_id).filter(planned_at__lt=before).delete()
    except Exception as error:  # noqa: BLE001 - whatever it was, others' go; theirs is tried again
        log.warning("pushes_not_forgotten", user_id=str(user_id), error=tell(error))
        return False
    return True


def _list_users(column: str, **condition: datetime) -> list[int]:
    """Return whose rows are the oldest: one read of an index of each instance."""

    def query(rows: ShardedQuerySet[Push]) -> QuerySet[Push, dict[str, Any]]:
        found: QuerySet[Push, dict[str, Any]] = (
            rows.filter(**condition).order_by(column).values(column, "user_id")[:_BATCH]
        )
        return found

    # An instance that is away is asked again when the clock comes round.
    found = Push.objects.everywhere(query, within=_WITHIN_S, on_primary=True)
    return list(dict.fromkeys(row["user_id"] for row in found.rows))
