"""`/v1/me/sessions`: where the caller is logged in."""

from modules.accounts.errors import SessionNotFound
from modules.accounts.schemas import SessionPage
from modules.accounts.selectors.sessions import list_sessions
from modules.accounts.services.sessions import end_other_sessions, end_own_session, hash_key
from modules.kernel import clock
from modules.kernel.http import Request, View, endpoint
from modules.kernel.principals import FIRST_PARTY


class Sessions(View):
    """The caller's sessions."""

    @endpoint("list_sessions", scope=FIRST_PARTY)
    def get(self, request: Request) -> SessionPage:
        """List where the caller is logged in, the newest log-in first."""
        return list_sessions(request.user.id, current=hash_key(request.auth), now=clock.now())

    @endpoint("end_other_sessions", scope=FIRST_PARTY)
    def delete(self, request: Request) -> None:
        """Log the caller out everywhere but here."""
        end_other_sessions(request.user.id, but=request.auth)


class Session(View):
    """One of the caller's sessions."""

    @endpoint("end_session", scope=FIRST_PARTY, refuses=(SessionNotFound,))
    def delete(self, request: Request, session_id: int) -> None:
        """Log the caller out where this session is; it may be this one."""
        end_own_session(request.user.id, session_id)
