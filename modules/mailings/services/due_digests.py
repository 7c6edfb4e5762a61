"""
The clock of digests: each cursor that is due moves on, and what is to be mailed is announced.

Both happen in one transaction on the user's shard, so that a digest is announced exactly once however often
this is killed and run again; what it says is found when the news is delivered (`digests.py`).
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import structlog
from django.db.models import Q, QuerySet

from modules.mailings.events import DigestDue
from modules.mailings.models import Subscription
from modules.mailings.services.periods import find_next
from modules.mailings.services.subscriptions import to_rhythm
from sharding import outages, outbox
from sharding.errors import InstanceUnavailable
from sharding.ids import EPOCH, make_id
from sharding.querysets import ShardedQuerySet
from sharding.scope import writing_for

BATCH: Final = 500
# Seconds for a read of all instances, and for one run: what is left, the next one takes up.
_WITHIN_S: Final = 10.0
_RUN_S: Final = 40.0
# So many a run, each minute: what a worker makes in a third of that. The relay hands out what is older first,
# so a heap of digests at eight would keep everybody's posts waiting behind it.
MOST: Final = 2_000

log = structlog.get_logger(__name__)


class _Due(NamedTuple):
    """Somebody whose digest is due."""

    due_at: datetime
    user_id: int


def announce_due_digests(*, now: datetime) -> int:
    """
    Announce the digests that are due, on every instance that can be reached; return how many.

    Each in a transaction of its own: what somebody else is at is passed over, and an instance that is away
    keeps nobody elsewhere waiting.
    """
    ends_at, announced = time.monotonic() + _RUN_S, 0
    for due in _iter_due(now):
        for each in due:
            announced += _announce(each.user_id, now=now)
            if announced >= MOST or time.monotonic() > ends_at:
                return announced
    return announced


def _iter_due(now: datetime) -> Iterator[Sequence[_Due]]:
    """Yield who is due in batches, the longest due first: one read of an index of each instance."""
    after: _Due | None = None
    while due := _list_due(now, after):
        yield due
        if len(due) < BATCH:
            return
        after = due[-1]


def _list_due(now: datetime, after: _Due | None) -> Sequence[_Due]:
    def query(rows: ShardedQuerySet[Subscription]) -> QuerySet[Subscription, dict[str, Any]]:
        rows = rows.filter(due_at__lte=now)
        if after is not None:
            later = Q(due_at=after.due_at, user_id__gt=after.user_id) | Q(due_at__gt=after.due_at)
            rows = rows.filter(later, due_at__gte=after.due_at)
        found: QuerySet[Subscription, dict[str, Any]] = rows.order_by("due_at", "user_id").values(
            *_Due._fields
        )
        return found[:BATCH]

    found = Subscription.objects.everywhere(query, within=_WITHIN_S, on_primary=True)
    return [_Due(**row) for row in found.rows]


def _announce(user_id: int, *, now: datetime) -> bool:
    """Move a user's cursor on and announce their digest, unless that was done; return whether it was now."""
    try:
        with writing_for(user_id):
            rows = Subscription.objects.of(user_id).filter(due_at__lte=now)
            row = rows.select_for_update(skip_locked=True).first()
            if row is None or row.due_at is None:
                return False
            until_id = _first_id_at(now)
            outbox.record(
                DigestDue(
                    user_id=user_id,
                    due=int(row.due_at.timestamp()),
                    after_id=row.told_id,
                    until_id=until_id,
                )
            )
            Subscription.objects.of(user_id).update(
                due_at=find_next(now, to_rhythm(row), last_at=now), last_at=now, told_id=until_id
            )
    except InstanceUnavailable as error:
        outages.met(outages.name_of(error.alias), error)
        return False
    except Exception:  # whatever is wrong with one, the others get theirs
        log.exception("digest_not_announced", user_id=user_id)
        return False
    return True


def _first_id_at(moment: datetime) -> int:
    """Return an id that no id of a later moment is below."""
    return make_id((moment - EPOCH) // timedelta(milliseconds=1), 0, 0)
