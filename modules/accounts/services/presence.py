"""Whether the person is there, and not only a session of theirs: asked before what cannot be taken back."""

from datetime import datetime, timedelta

from django.conf import settings

from modules.accounts.errors import ReauthenticationRequired
from modules.accounts.selectors.sessions import find_presence
from modules.accounts.services.sessions import hash_key


def require_presence(session_key: str, *, now: datetime) -> None:
    """
    Refuse a session whose user has not shown for minutes who they are: it may be stolen.

    One read of the directory, for few operations ask this; what they change stays with who holds the account.

    :raises ReauthenticationRequired: if log-in and reauthentication are too long ago
    """
    if not is_present(session_key, now=now):
        raise ReauthenticationRequired


def is_present(session_key: str, *, now: datetime) -> bool:
    """Return whether the user of a session has shown within minutes who they are, by one read."""
    shown_at = find_presence(hash_key(session_key), now=now)
    return shown_at is not None and now - shown_at < timedelta(seconds=settings.ACCOUNTS.presence_ttl)
