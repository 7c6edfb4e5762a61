"""
What the hooks of one request under `/auth/` or `/identity/` tell each other, across the views of allauth.

Each part is written by one hook and read by another, and nothing of it outlives the request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from modules.accounts.services.ownership import MailedCode
from sharding.scope import Once


@dataclass(slots=True)
class RequestState:
    """The parts, as they stand before anybody has said anything."""

    # The JSON that was sent, checked, as allauth's views are to take it; None leaves the body to them.
    body: dict[str, Any] | None = None
    # What makes this sign-up the only one of its Idempotency-Key, until an account is made by it.
    sign_up: Once | None = None
    # Whether a log-in takes back the wish to be gone: a repeat of a sign-up says nothing of that.
    may_reopen: bool = True
    # Whether the mail with the code that is asked for was left with a worker.
    is_code_sent: bool = True
    # The mailed code by which a password is being replaced, if what was sent turns out to be it.
    reset_by: MailedCode | None = None
    # The cookie to leave with a browser from which somebody has just got in.
    device: str = ""
    # Whether an app showed its secret in the header `Authorization`.
    is_basic: bool = False
    # When the user of the code that is exchanged proved who they are, for the ID token.
    authenticated_at: datetime | None = None
    # Which address the user chose to show to the app that exchanges it.
    shown_email: str | None = None
    # The ceremony of a passkey that this request ends, as its beginning left it in the session.
    ceremony: dict[str, Any] | None = None
    # Why a page is shown anew.
    why_anew: str | None = None


_state: ContextVar[RequestState] = ContextVar("request_state")


@contextmanager
def keeping_state() -> Iterator[None]:
    """Begin with an empty state, and forget it with the request."""
    token = _state.set(RequestState())
    try:
        yield
    finally:
        _state.reset(token)


def request_state() -> RequestState:
    """
    Return the state of the request that is being answered.

    :raises LookupError: if there is none, or it is none that allauth sees
    """
    return _state.get()
