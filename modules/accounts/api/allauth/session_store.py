"""Django's session engine over accounts' sessions, for allauth's views; `/v1/` never loads a session."""

import json
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError

from modules.accounts.selectors.sessions import find_session_data, has_session
from modules.accounts.services.principals import forget_kept
from modules.accounts.services.sessions import (
    SessionContent,
    change_session,
    end_session,
    forget_expired_sessions,
    hand_over,
    hash_key,
    new_key,
    open_session,
)
from modules.accounts.services.sign_in_limits import charge_open_session
from modules.kernel import clock
from modules.kernel.http.parsing import BodyTooLarge
from modules.kernel.limits import LimitReached

# The address whose request is being answered.
opened_from: ContextVar[str] = ContextVar("opened_from", default="")
# Under which a session holds where its log-in came from: address and user agent.
PLACE = "place"
# What a session holds, as JSON, while it is nobody's: anybody can open some, and they stand for half an hour.
MAX_OPEN_DATA = 16_384


class SessionStore(SessionBase):
    """A session whose row stands in the directory under a digest of its key."""

    _is_cycled = False

    def load(self) -> dict[str, Any]:
        """Return what the session holds; a key that opens none is given up, so that nobody can plant one."""
        data = find_session_data(hash_key(self.session_key or ""), now=clock.now())
        if data is None:
            self._session_key = None
            return {}
        held: dict[str, Any] = json.loads(data)
        return held

    def exists(self, session_key: str) -> bool:
        """Return whether a session has this key."""
        return has_session(hash_key(session_key))

    def create(self) -> None:
        """Open an empty session under a new key."""
        self._session_key = new_key()
        try:
            self.save(must_create=True)
        except (LimitReached, BodyTooLarge):
            # Else whoever saves next takes it for one that has ended.
            self._session_key = None
            raise
        self.modified = True

    def get_expiry_age(self, **known: Any) -> int:
        """Return for how many seconds the session lives; one that is nobody's ends soon."""
        age = int(super().get_expiry_age(**known))
        return age if SESSION_KEY in self else min(age, settings.ACCOUNTS.open_session_ttl)

    def get_expiry_date(self, **known: Any) -> datetime:
        """Return until when the session lives."""
        return clock.now() + timedelta(seconds=self.get_expiry_age(**known))

    def save(self, must_create: bool = False) -> None:
        """
        Store the session.

        :raises CreateError: if it must be new and its key is taken
        :raises UpdateError: if it ended meanwhile
        :raises LimitReached: if it is new and nobody's, and its address has opened too many of these
        :raises BodyTooLarge: if it is nobody's and holds more than a log-in needs
        """
        if self.session_key is None:
            return self.create()
        content = self._to_content(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        if content.user_id is None and len(content.data) > MAX_OPEN_DATA:
            raise BodyTooLarge
        if must_create and content.user_id is None and not self._is_cycled:
            charge_open_session(opened_from.get())
        if must_create and not open_session(self.session_key, content, now=clock.now()):
            raise CreateError
        if not must_create and not change_session(self.session_key, content):
            raise UpdateError
        return None

    def cycle_key(self) -> None:
        """
        Go on under a new key; the log-in that asks for it was counted.

        What apps got in this session goes along, for this is no log-out.
        """
        self._is_cycled = True
        held, old = self._session, self.session_key  # type: ignore[attr-defined]
        self.create()
        self._session_cache = held
        if old is not None:
            if SESSION_KEY in held:
                hand_over(old, self.session_key or "")
            self.delete(old)

    def delete(self, session_key: str | None = None) -> None:
        """End the session of this key, or this one; this process obeys at once, others within two seconds."""
        if key := session_key or self.session_key:
            end_session(key)
            forget_kept(hash_key(key))

    @classmethod
    def clear_expired(cls) -> None:
        """Forget the sessions whose time is over."""
        forget_expired_sessions(now=clock.now())

    def _to_content(self, held: dict[str, Any]) -> SessionContent:
        """Return what is stored: whose session it is, and since which epoch, stands in columns of its own."""
        user_id = held.get(SESSION_KEY)
        address, user_agent = held.get(PLACE, ("", ""))
        return SessionContent(
            data=json.dumps(held),
            address=address,
            user_agent=user_agent,
            user_id=None if user_id is None else int(user_id),
            epoch=None if user_id is None else int(held[HASH_SESSION_KEY]),
            expires_at=self.get_expiry_date(),
        )
