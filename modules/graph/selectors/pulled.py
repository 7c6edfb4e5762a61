"""Authors with so many followers that readers pull their posts."""

import threading
import time

from django.db.models import Q
from django.db.models.functions import Now

from modules.graph.models import FollowCount

TTL_S = 5.0
TIMEOUT_S = 0.3


class _Known:
    """What this process believes, and until when; an empty belief has run out already."""

    ids: frozenset[int] = frozenset()
    until: float = 0.0
    refreshing = threading.Lock()


def is_pulled(author_id: int) -> bool:
    """
    Return whether an author's posts are not pushed, as of now (from the primary).

    One who fell below the demotion line is pushed again, and still among `pulled_author_ids` for a while.
    """
    return FollowCount.objects.of(author_id).on_primary().filter(is_pulled=True).exists()


def pulled_author_ids() -> frozenset[int]:
    """
    Return everybody whose posts readers must pull; at most 5 seconds old.

    They are few, and every home read asks: so each process keeps the set, and reads it anew from a
    partial index of each instance. An instance that does not answer leaves what was known of it.
    """
    # One thread asks; the others go on with what is known.
    if time.monotonic() >= _Known.until and _Known.refreshing.acquire(blocking=not _Known.until):
        try:
            if time.monotonic() >= _Known.until:
                _refresh()
        finally:
            _Known.refreshing.release()
    return _Known.ids


def forget_pulled() -> None:
    """Make this process ask again at the next call."""
    _Known.until = 0.0


def _refresh() -> None:
    pulled = Q(is_pulled=True) | Q(pulled_until__gt=Now())
    found = FollowCount.objects.everywhere(
        lambda rows: rows.filter(pulled), within=TIMEOUT_S, on_primary=True
    )
    ids = frozenset(row.user_id for row in found.rows)
    _Known.ids = ids if found.complete else ids | _Known.ids
    _Known.until = time.monotonic() + TTL_S
