"""What `X-Session-Token` may hold under `/auth/app/`: a key of a session, or what nobody was ever given."""

import re

from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.base.response import UnauthorizedResponse
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.sessions.backends.base import SessionBase

# As `services/sessions.new_key` makes them.
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


class SessionTokens(SessionTokenStrategy):  # type: ignore[misc]  # allauth ships no types
    """allauth's tokens, which tells a session that is over from what never was one."""

    def lookup_session(self, session_token: str) -> SessionBase | None:
        """
        Return the session of a token, or None if it is over: 410, by which an app forgets it.

        :raises ImmediateHttpResponse: 401 to what is no token, like all credentials that nobody holds
        """
        if not _KEY.fullmatch(session_token):
            raise ImmediateHttpResponse(UnauthorizedResponse(context.request))
        session: SessionBase | None = super().lookup_session(session_token)
        return session
