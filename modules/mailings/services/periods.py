"""
When a digest is due: pure arithmetic of local days.

There is at most one on each local day, in the zone that holds then, and nobody's day is left out: whoever
moves gets what was due at the old place if the new one has had its hour today. Clocks that are set forward
over the hour ring as much later; set back, they ring the first time.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from modules.notifications.schemas import DIGESTS

OFF: Final = DIGESTS.index("off")
WEEKLY: Final = DIGESTS.index("weekly")
# A week's digest comes on a Monday.
_MONDAY: Final = 0


class Rhythm(NamedTuple):
    """How often a user wants a digest (its place in `DIGESTS`), at which hour, and by which clock."""

    digest: int
    hour: int
    zone: ZoneInfo


def find_next(now: datetime, rhythm: Rhythm, *, last_at: datetime | None) -> datetime | None:
    """Return the next moment at which a digest is due, on no local day that has had one; None if never."""
    if rhythm.digest == OFF:
        return None
    day = _day(now, rhythm)
    if last_at is not None:
        day = max(day, _day(last_at, rhythm) + timedelta(days=1))
    while True:
        if rhythm.digest != WEEKLY or day.weekday() == _MONDAY:
            at = datetime.combine(day, time(rhythm.hour), tzinfo=rhythm.zone).astimezone(UTC)
            if at > now:
                return at
        day += timedelta(days=1)


def find_changed(
    now: datetime, old: Rhythm, new: Rhythm, *, due_at: datetime | None, last_at: datetime | None
) -> datetime | None:
    """
    Return when a digest is due after its user has changed something.

    What is due already is owed, and what is due on a day that would have none by the new hour is kept.
    """
    found = find_next(now, new, last_at=last_at)
    if found is None or due_at is None or old.digest != new.digest:
        return found
    is_owed = due_at <= now
    is_unserved = last_at is None or _day(due_at, new) > _day(last_at, new)
    return due_at if is_owed or (is_unserved and _day(due_at, new) < _day(found, new)) else found


def _day(moment: datetime, rhythm: Rhythm) -> date:
    return moment.astimezone(rhythm.zone).date()
