"""
One sign-up for one Idempotency-Key: a repeat logs in with what it brings.

The first answer holds a session's token, which is nowhere kept in the clear and so cannot be given again. But
who repeats a sign-up brings the password with it: an equal request gets a session of the same account. It is
not marked as a replay: that would tell whether the first one made an account.

Nobody is known yet whose key it is, so it is theirs who sign up: of one username with one address. Else a
stranger who uses a key that others use, `signup-1`, would hold them up and hear that they were here.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils.crypto import salted_hmac

from modules.accounts.api.request_state import request_state
from modules.accounts.services.addresses import to_login
from modules.kernel.http import idempotency
from sharding.errors import AlreadyDone
from sharding.once import Once, refuse_done_in_directory

View = Callable[..., HttpResponseBase]

SIGN_UP, LOG_IN = "/auth/signup", "/auth/login"


def sign_up_once(
    request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponseBase | None:
    """
    Answer a sign-up that carries a key; None is for all other requests.

    :raises HeaderInvalid: if the key is none
    :raises KeyReused: if it came with another sign-up; InFlight: if that is being worked on
    """
    if request.method != "POST" or not request.path_info.endswith(SIGN_UP):
        return None
    key = idempotency.read_key(request, required=False)
    if key is None:
        return None
    sent = request_state().body or {}
    # The body holds a password: its bare digest would be one that is quickly guessed.
    fingerprint = salted_hmac("accounts.sign_up", json.dumps(sent), algorithm="sha256").digest()
    once = Once(f"sign_up@{_digest_of_person(sent)}", key, fingerprint)
    try:
        return _sign_up(once, lambda: view(request, *args, **kwargs))
    except AlreadyDone:
        return _log_in(request, sent)


def take_once() -> Once | None:
    """Return what makes this sign-up the only one of its key; only who makes the account takes it."""
    state = request_state()
    once, state.sign_up = state.sign_up, None
    return once


def _digest_of_person(sent: Mapping[str, Any]) -> str:
    """Return what stands for who signs up, in whatever spelling; the names themselves are not kept here."""
    names = [to_login(str(sent.get(name, ""))) for name in ("username", "email")]
    return salted_hmac("accounts.sign_up.person", json.dumps(names), algorithm="sha256").hexdigest()


def _sign_up(once: Once, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Let allauth answer, unless it was done before; or meanwhile, with the names taken by this one."""
    refuse_done_in_directory(once)
    request_state().sign_up = once
    response = answer()
    if take_once() is not None:
        refuse_done_in_directory(once)
    return response


def _log_in(request: HttpRequest, sent: Mapping[str, Any]) -> HttpResponseBase:
    """
    Have the password that came along open a session, as if it had been sent to the log-in.

    But for an account that was closed meanwhile: the repeat may be an hour old, and is no wish to be back.
    """
    state = request_state()
    state.body, state.may_reopen = {name: sent[name] for name in ("username", "password")}, False
    match = resolve(request.path_info.removesuffix(SIGN_UP) + LOG_IN)
    return cast(HttpResponseBase, match.func(request, *match.args, **match.kwargs))
