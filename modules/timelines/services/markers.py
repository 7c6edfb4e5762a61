"""Moving markers, on and never back."""

import re
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connections

from modules.kernel.errors import InputError
from modules.timelines.errors import LastReadInFuture, TimelineNameInvalid, TooManyMarkers
from modules.timelines.events import MarkerMoved
from modules.timelines.models import Marker
from modules.timelines.schemas import MarkerCard
from modules.timelines.selectors.markers import to_card
from sharding import outbox
from sharding.ids import moment_of
from sharding.scope import writing_for

_NAME: Final = re.compile("[a-z0-9][a-z0-9_.:-]{0,63}")
# Ids are minted by the clocks of databases, and compared here with that of this process.
_SKEW: Final = timedelta(minutes=1)

# Whoever comes second with an older value changes nothing, and waits for nobody but the row. Two new
# timelines at once may pass the cap by one, which bounds what is kept and promises nothing.
_MOVE: Final = """
    INSERT INTO timelines_marker AS marker (user_id, timeline, last_read_id, updated_at)
    SELECT %(user_id)s, %(timeline)s, %(last_read_id)s, %(now)s
    FROM timelines_marker WHERE user_id = %(user_id)s
    HAVING count(*) < %(cap)s OR bool_or(timeline = %(timeline)s)
    ON CONFLICT (user_id, timeline) DO UPDATE
    SET last_read_id = excluded.last_read_id, version = marker.version + 1, updated_at = excluded.updated_at
    WHERE marker.last_read_id < excluded.last_read_id
    RETURNING version"""


def move_marker(user_id: int, timeline: str, last_read_id: int, *, now: datetime) -> MarkerCard:
    """
    Note how far a user has read and announce it; an older value changes nothing. Return what stands.

    :raises TimelineNameInvalid: if that is no name of a timeline
    :raises LastReadInFuture: if no such id can exist yet
    :raises TooManyMarkers: if it would be one more than a user may have
    """
    _require_name(timeline)
    _require_past(last_read_id, now)
    with writing_for(user_id) as write:
        version = _move(write.alias, user_id, timeline, last_read_id, now)
        if version is None:
            return _get_standing(user_id, timeline)
        outbox.record(
            MarkerMoved(user_id=user_id, timeline=timeline, last_read_id=last_read_id, version=version)
        )
    return MarkerCard(timeline=timeline, last_read_id=last_read_id, updated_at=now)


def delete_marker(user_id: int, timeline: str) -> None:
    """Forget how far a user has read a timeline; nothing happens if nobody knows."""
    with writing_for(user_id):
        Marker.objects.of(user_id).filter(timeline=timeline).delete()


def _require_name(timeline: str) -> None:
    if not _NAME.fullmatch(timeline):
        hint = TimelineNameInvalid.title
        raise TimelineNameInvalid(errors=[InputError(None, "malformed", hint, parameter="timeline")])


def _require_past(last_read_id: int, now: datetime) -> None:
    if moment_of(last_read_id) > now + _SKEW:
        hint = "Send the id of something that was read."
        raise LastReadInFuture(errors=[InputError("/last_read_id", LastReadInFuture.code, hint)])


def _move(alias: str, user_id: int, timeline: str, last_read_id: int, now: datetime) -> int | None:
    """Return the version of the marker after it moved, or None if it did not."""
    row: dict[str, int | str | datetime] = {
        "user_id": user_id,
        "timeline": timeline,
        "last_read_id": last_read_id,
        "now": now,
        "cap": settings.TIMELINES.marker_cap,
    }
    with connections[alias].cursor() as cursor:
        cursor.execute(_MOVE, row)
        moved = cursor.fetchone()
    return moved[0] if moved else None


def _get_standing(user_id: int, timeline: str) -> MarkerCard:
    """Return the marker that stands; there is none if the cap kept it from being made."""
    marker = Marker.objects.of(user_id).filter(timeline=timeline).first()
    if marker is None:
        raise TooManyMarkers
    return to_card(marker)
