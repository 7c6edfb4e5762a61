"""By which ways a user wants to be told of what."""

from collections.abc import Collection
from functools import cache
from zoneinfo import available_timezones

from modules.kernel.rendered import Rendered, render_single
from modules.notifications.models import Inbox
from modules.notifications.schemas import (
    DIGESTS,
    TYPES,
    Channels,
    DigestWish,
    NotificationType,
    Preferences,
    PreferencesView,
    QuietHours,
)

# Whose account is in danger wants a mail; all else waits until somebody asks for it.
_MAILED: frozenset[NotificationType] = frozenset({"security"})


def get_preferences(user_id: int) -> Rendered[PreferencesView]:
    """Return a user's preferences, as an answer."""
    return to_view(Inbox.objects.of(user_id).first())


def find_preferences(user_id: int) -> Preferences:
    """Return a user's preferences."""
    return to_preferences(Inbox.objects.of(user_id).first())


def map_digest_wishes(user_ids: Collection[int]) -> dict[int, DigestWish]:
    """Return what users want of digests; who never said anything is absent. One read of each primary."""
    rows = Inbox.objects.gather(user_ids, by="user_id", on_primary=True)
    return {
        row.user_id: DigestWish(DIGESTS[row.digest], (row.quiet_hours or {}).get("time_zone", ""))
        for row in rows
    }


def to_view(inbox: Inbox | None) -> Rendered[PreferencesView]:
    """Return the answer that shows the preferences in a row, or those of who has none."""
    version = inbox.preferences_version if inbox else 0
    shown = to_preferences(inbox)
    return render_single(PreferencesView, data=shown.json_bytes(), included={}, state={}, version=version)


def to_preferences(inbox: Inbox | None) -> Preferences:
    """Return the preferences in a row; what is not there is as everybody's."""
    changed = inbox.channels if inbox else {}
    return Preferences(
        types={type: _to_channels(type, changed.get(type, {})) for type in TYPES},
        digest=DIGESTS[inbox.digest if inbox else 0],
        quiet_hours=QuietHours(**inbox.quiet_hours) if inbox and inbox.quiet_hours else None,
    )


def is_time_zone(name: str) -> bool:
    """Return whether there is a time zone of this name."""
    return name in _time_zones()


@cache
def _time_zones() -> frozenset[str]:
    """Return all there are, for 600 files are opened; without the one that is another on each machine."""
    return frozenset(available_timezones() - {"localtime"})


def _to_channels(type: NotificationType, changed: dict[str, bool]) -> Channels:
    return Channels(**{"in_app": True, "push": True, "mail": type in _MAILED, **changed})
