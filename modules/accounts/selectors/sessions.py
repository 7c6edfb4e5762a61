"""What a session holds, read from the directory: signing in is rare, and must never see an old copy."""

from datetime import datetime

from modules.accounts.models import Session


def find_session_data(key_hash: str, *, now: datetime) -> str | None:
    """Return the JSON that a live session holds, or None."""
    rows = Session.objects.filter(key_hash=key_hash, expires_at__gt=now)
    return rows.values_list("data", flat=True).first()


def has_session(key_hash: str) -> bool:
    """Return whether a session has this key, dead ones included."""
    return Session.objects.filter(key_hash=key_hash).exists()
