"""The life of a session; its row in the directory is the only truth."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import IntegrityError
from django.db.models import QuerySet

from modules.accounts.errors import AccountNotFound, SessionNotFound
from modules.accounts.events import SessionEnded
from modules.accounts.models import Session, TokenFamily, User
from modules.accounts.selectors.sessions import OPENED_AT, was_opened_by
from modules.accounts.services.grants import end_families, lock_users
from modules.accounts.services.revocations import revoke_in_cache
from sharding import outbox
from sharding.scope import writing_directory

# More than anybody has devices; whoever logs in by a program all the time does not fill the table.
MOST = 100


@dataclass(frozen=True, slots=True)
class SessionContent:
    """What a session holds, and whose it is by now."""

    data: str
    user_id: int | None
    epoch: int | None
    expires_at: datetime
    address: str = ""
    user_agent: str = ""


def new_key() -> str:
    """Return a session key that nobody can guess, nor meet by chance."""
    return secrets.token_urlsafe(32)


def hash_key(key: str) -> str:
    """Return the digest under which a session key is stored."""
    return hashlib.sha256(key.encode()).hexdigest()


def open_session(key: str, content: SessionContent, *, now: datetime) -> bool:
    """Create a session under a new key; return False if the key is taken."""
    try:
        with writing_directory():
            Session.objects.create(
                key_hash=hash_key(key),
                user_id=content.user_id,
                epoch=content.epoch,
                data=content.data,
                address=content.address,
                user_agent=content.user_agent,
                created_at=now,
                last_seen_at=now,
                expires_at=content.expires_at,
            )
    except IntegrityError:
        return False
    return True


def change_session(key: str, content: SessionContent) -> bool:
    """Replace what a session holds; return False if it ended meanwhile."""
    with writing_directory():
        changed = Session.objects.filter(key_hash=hash_key(key)).update(
            user_id=content.user_id,
            epoch=content.epoch,
            data=content.data,
            address=content.address,
            user_agent=content.user_agent,
            expires_at=content.expires_at,
        )
    return changed == 1


def end_session(key: str) -> None:
    """End a session and announce it, if it was anybody's; a session that is gone already is no error."""
    _end(Session.objects.filter(key_hash=hash_key(key)))


def end_own_session(user_id: int, session_id: int) -> None:
    """
    End one of a user's sessions, wherever it is.

    :raises SessionNotFound: if the user has no such session
    """
    if not _end(Session.objects.filter(id=session_id, user_id=user_id)):
        raise SessionNotFound


def end_other_sessions(user_id: int, *, but: str) -> None:
    """End all of a user's sessions but the one of a key."""
    _end(Session.objects.filter(user_id=user_id).exclude(key_hash=hash_key(but)))


def make_room_for_session(user_id: int) -> None:
    """End what leaves no room for one more within `MOST`, first what has not been used for longest."""
    used = Session.objects.filter(user_id=user_id).order_by("-last_seen_at", "-id")
    if surplus := list(used.values_list("id", flat=True)[MOST - 1 :]):
        _end(Session.objects.filter(id__in=surplus))


def end_sessions_by_provider(user_id: int, *, provider: str, uid: str, but: str) -> list[int | str]:
    """
    End, in the caller's transaction, the sessions that a user opened by another provider, but that of a key.

    Return what Redis has to hear once it is committed (`revoke_in_cache`).
    """
    lock_users([user_id])
    theirs = Session.objects.filter(user_id=user_id).exclude(key_hash=hash_key(but))
    opened = [row.id for row in theirs if was_opened_by(row.data, provider=provider, uid=uid)]
    return _delete(Session.objects.filter(id__in=opened))


def hand_over(key: str, successor: str) -> None:
    """Give what apps got in a session to the one that goes on under another key."""
    with writing_directory():
        new = Session.objects.filter(key_hash=hash_key(successor)).values_list("id", flat=True).first()
        old = Session.objects.filter(key_hash=hash_key(key)).values("id")
        TokenFamily.objects.filter(session_id__in=old).update(session_id=new)


def _end(sessions: QuerySet[Session]) -> bool:
    """
    End sessions, with the codes and tokens that apps got in them, and announce it.

    Return whether there were any.
    """
    with writing_directory():
        lock_users(sessions.exclude(user=None).values_list("user_id", flat=True))
        ended = _delete(sessions)
    revoke_in_cache(*ended)
    return bool(ended)


def _delete(sessions: QuerySet[Session]) -> list[int | str]:
    """Delete sessions whose users are locked, and what apps got in them; announce it, return their ids."""
    ended = dict(sessions.select_for_update().values_list("id", "user_id"))
    Session.objects.filter(id__in=ended).delete()
    for session_id, user_id in ended.items():
        if user_id is not None:
            outbox.record(SessionEnded(user_id=user_id, session_id=session_id), owner_id=user_id)
    return [*ended, *end_families(list(TokenFamily.objects.filter(session_id__in=ended)))]


def touch_session(session_id: int, *, now: datetime) -> None:
    """Note that a session is in use, and prolong it."""
    life = timedelta(seconds=settings.ACCOUNTS.session_ttl)
    with writing_directory():
        Session.objects.filter(id=session_id).update(last_seen_at=now, expires_at=now + life)


def issue_session_token(user_id: int, *, now: datetime) -> str:
    """
    Open a session for an active account without its password and return its key: for demos, tests and tools.

    :raises AccountNotFound: if there is no such account, or it is not active
    """
    epoch = User.objects.filter(id=user_id, is_active=True).values_list("epoch", flat=True).first()
    if epoch is None:
        raise AccountNotFound
    data = {
        SESSION_KEY: str(user_id),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: str(epoch),
        OPENED_AT: now.timestamp(),
    }
    expires_at = now + timedelta(seconds=settings.ACCOUNTS.session_ttl)
    key = new_key()
    open_session(key, SessionContent(json.dumps(data), user_id, epoch, expires_at), now=now)
    return key


def forget_expired_sessions(*, now: datetime, batch: int = 1000) -> int:
    """Delete the sessions whose time is over, a batch a transaction; return how many. Bears a repeat."""
    forgotten = 0
    while True:
        with writing_directory():
            ids = Session.objects.filter(expires_at__lte=now).values_list("id", flat=True)[:batch]
            deleted, _ = Session.objects.filter(id__in=list(ids)).delete()
        forgotten += deleted
        if deleted < batch:
            return forgotten
