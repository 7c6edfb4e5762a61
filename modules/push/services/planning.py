"""What is to be pushed, and when: written down as soon as there is news, sent by whoever comes first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from modules.push.events import PushesDue
from modules.push.models import Device, Push
from sharding import outbox
from sharding.scope import Once, writing_for

# More news of what was pushed waits this long, and twice as long each time: a post that everybody likes
# makes a dozen pushes of it and no thousand.
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)


def plan_pushes(user_id: int, group_ids: Sequence[int], *, version: int, once: Once, now: datetime) -> None:
    """
    Write down that a user's devices are to be told of what has news, and announce it.

    Who has no devices costs one read.

    :raises AlreadyDone: if `once` was used before
    """
    device_ids = list(Device.objects.of(user_id).values_list("device_id", flat=True)) if group_ids else []
    if not device_ids:
        return
    with writing_for(user_id, once=once):
        rows = Push.objects.of(user_id).filter(group_id__in=group_ids).order_by("id").select_for_update()
        known = {(row.group_id, row.device_id): row for row in rows}
        planned = [
            _plan(known.get((group_id, device_id)), user_id, group_id, device_id, version, now)
            for group_id in group_ids
            for device_id in device_ids
        ]
        Push.objects.bulk_create([row for row in planned if row.id is None])
        Push.objects.of(user_id).bulk_update(
            [row for row in planned if row.id is not None], ["version", "due_at", "planned_at"]
        )
        if any(row.due_at is not None and row.due_at <= now for row in planned):
            outbox.record(PushesDue(user_id=user_id))


def pause_after(times: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """Return how long to wait after so many times: twice as long each time, up to the longest."""
    return min(first * (1 << min(times - 1, 20)), longest)


def _plan(
    known: Push | None, user_id: int, group_id: int, device_id: UUID, version: int, now: datetime
) -> Push:
    """Return the row of a device and a notification, as it is to be written."""
    row = known or Push(user_id=user_id, group_id=group_id, device_id=device_id, sent_count=0)
    row.version, row.planned_at, row.due_at = version, now, now
    if row.sent_at is not None:
        pause = pause_after(row.sent_count, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
        row.due_at = max(now, row.sent_at + pause)
    return row
