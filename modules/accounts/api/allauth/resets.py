"""The parts of allauth's reset of a password that are replaced (`replacements.py`)."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from allauth.headless.account.inputs import (
    RequestPasswordResetInput,
    ResetPasswordInput,
    ResetPasswordKeyInput,
)
from allauth.headless.account.response import PasswordResetKeyResponse
from allauth.headless.account.views import ResetPasswordView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from modules.accounts.api.allauth.devices import place_of
from modules.accounts.api.allauth.guards import must_verify
from modules.accounts.api.allauth.internals import ErrorResponse
from modules.accounts.api.request_state import request_state
from modules.accounts.selectors.addresses import find_reset_target

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


def check_password(form: ResetPasswordInput) -> Any:
    """Look at the new password whether or not anybody's is to be replaced."""
    cleaned = super(ResetPasswordInput, form).clean()
    password = form.cleaned_data.get("password")
    if password is not None:
        try:
            get_adapter().clean_password(password, user=form.user)
        except ValidationError as fault:
            form.add_error("password", fault)
    return cleaned


def by_address(post: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(post)
    def reset(view: ResetPasswordView, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Replace the password of an account whose address is proven with it."""
        request_state().reset_by = view.process.state["email"].lower()
        return post(view, request, *args, **kwargs)

    return reset


def _give_time(process: Any) -> None:
    """Let the time for a code that was right begin anew, once."""
    if not process.state.get(_SEEN):
        process.state.update({_SEEN: True, "at": time.time()})
        process.persist()
