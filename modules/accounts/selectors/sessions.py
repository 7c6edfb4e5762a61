"""What a session holds, read from the directory: signing in is rare, and must never see an old copy."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.db.models import F

from modules.accounts.models import Session
from modules.accounts.schemas import SessionCard, SessionPage

# One in each hour and a half of a month; what is older ends with "all others".
MOST = 500
# Under which a session keeps when it was opened: by a sign-up, a log-in or a tool.
OPENED_AT = "opened_at"


def find_session_data(key_hash: str, *, now: datetime) -> str | None:
    """Return the JSON that a live session holds, or None."""
    rows = Session.objects.filter(key_hash=key_hash, expires_at__gt=now)
    return rows.values_list("data", flat=True).first()


def list_sessions(user_id: int, *, current: str, now: datetime) -> SessionPage:
    """Return where a user is logged in, newest first; `current` is the digest of the asking session's key."""
    rows = Session.objects.filter(user_id=user_id, expires_at__gt=now).defer("data").order_by("-id")
    cards = [
        SessionCard(
            id=row.id,
            is_current=row.key_hash == current,
            user_agent=row.user_agent,
            address=row.address,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
        )
        for row in rows[:MOST]
    ]
    return SessionPage.plain(cards)


def select_live_sessions(session_ids: Collection[int], *, now: datetime) -> set[int]:
    """Return those of the sessions that a request would be let in by: one read."""
    live = Session.objects.filter(
        id__in=session_ids, expires_at__gt=now, user__is_active=True, user__epoch=F("epoch")
    )
    return set(live.values_list("id", flat=True))


def has_session(key_hash: str) -> bool:
    """Return whether a session has this key, dead ones included."""
    return Session.objects.filter(key_hash=key_hash).exists()


def find_presence(key_hash: str, *, now: datetime) -> datetime | None:
    """Return when the user of a live session last showed who they are: by log-in, or since then again."""
    data = find_session_data(key_hash, now=now)
    if data is None:
        return None
    held = json.loads(data)
    shown_at = max([held.get(OPENED_AT, 0), *(record["at"] for record in _ways_in(held))])
    return datetime.fromtimestamp(shown_at, UTC) if shown_at else None


def was_opened_by(data: str, *, provider: str, uid: str) -> bool:
    """Return whether somebody showed who they are in a session by this account at another provider."""
    return any(
        (record["method"], record.get("provider"), record.get("uid")) == ("socialaccount", provider, uid)
        for record in _ways_in(json.loads(data))
    )


def _ways_in(held: dict[str, Any]) -> list[dict[str, Any]]:
    """
    Return allauth's list of the ways by which somebody has shown who they are in a session.

    It may be of somebody else, who began to log in here and did not finish.
    """
    is_own = held.get("account_authentication_methods_user") == held.get(SESSION_KEY)
    return (held.get("account_authentication_methods") or []) if is_own else []
