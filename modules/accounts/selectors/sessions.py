"""What a session holds, read from the directory: signing in is rare, and must never see an old copy."""

from datetime import datetime

from modules.accounts.models import Session
from modules.accounts.schemas import SessionCard, SessionPage
from modules.kernel.shapes import Nothing

# One in each hour and a half of a month; what is older ends with "all others".
MOST = 500


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
    return SessionPage(data=cards, included=Nothing(), state={}, next=None, prev=None)


def has_session(key_hash: str) -> bool:
    """Return whether a session has this key, dead ones included."""
    return Session.objects.filter(key_hash=key_hash).exists()
