"""The parts of allauth's reset of a password that are replaced (`replacements.py`)."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from allauth.headless.account.inputs import (
    RequestPasswordResetInput,
    ResetPasswordKeyInput,
)
from allauth.headless.account.response import PasswordResetKeyResponse
from allauth.headless.account.views import ResetPasswordView
from django.http import HttpRequest

from modules.accounts.api.allauth.begun import EPOCH
from modules.accounts.api.allauth.devices import place_of
from modules.accounts.api.allauth.guards import must_verify
from modules.accounts.api.allauth.internals import ErrorResponse
from modules.accounts.api.request_state import request_state
from modules.accounts.selectors.addresses import find_reset_target
from modules.accounts.services.ownership import MailedCode

# In the state of a process: its code was shown once, which gives as much time again for a new password.
_SEEN = "code_seen"


def find_owner(form: RequestPasswordResetInput) -> str:
    """Return the address, and note the one account whose password may be reset by a mail to it."""
    email: str = ResetPasswordForm.clean_email(form)
    place = place_of(context.request)
    target = find_reset_target(email.lower(), place, verified_only=must_verify())
    form.users = [user for user in form.users if user.pk == target]
    return email


def try_code(view: ResetPasswordView, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
    """Say whether a code is right; where none was sent, none is. The address is proven by the reset alone."""
    key = request.headers.get("X-Password-Reset-Key", "")
    form = ResetPasswordKeyInput({"key": key}, code=view.process.code)
    if not form.is_valid():
        view.process.record_invalid_attempt()
        return ErrorResponse(request, input=form)
    _give_time(view.process)
    return PasswordResetKeyResponse(request, view.process.user)


def by_address(get_input_kwargs: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Return what a view tells its form, and note by which code a password is to be replaced."""

    @wraps(get_input_kwargs)
    def note_and_get(view: ResetPasswordView) -> dict[str, Any]:
        state = view.process.state
        request_state().reset_by = MailedCode(state["email"].lower(), state.get(EPOCH, 0))
        return get_input_kwargs(view)

    return note_and_get


def _give_time(process: Any) -> None:
    """Let the time for a code that was right begin anew, once."""
    if not process.state.get(_SEEN):
        process.state.update({_SEEN: True, "at": time.time()})
        process.persist()
