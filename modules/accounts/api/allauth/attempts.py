"""
What is sent to allauth's JSON paths, counted before it is read, and held to the rules of all bodies.

It is counted by the address it comes from. Where strangers have used that up, two are known and go on by
themselves: who brings a living session, and the owner of an account in a browser from which they got in
before.
"""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from pydantic import JsonValue, RootModel

from modules.accounts.api.allauth.blanks import check_names, drop_blanks
from modules.accounts.api.allauth.devices import place_of
from modules.accounts.api.allauth.internals import unstash_login
from modules.accounts.api.allauth.passkeys import check_credential
from modules.accounts.api.authentication import MAX_KEY
from modules.accounts.api.request_state import request_state
from modules.accounts.selectors.places import find_known_device, is_known_device
from modules.accounts.services.addresses import to_login
from modules.accounts.services.principals import recognize
from modules.accounts.services.sign_in_limits import charge_attempt, charge_step
from modules.kernel import clock
from modules.kernel.http.address import client_address
from modules.kernel.http.parsing import parse_body, read_body
from modules.kernel.principals import SESSION

# The one that a page submits as a form: the browser itself has to follow where it leads.
FORM = "/auth/provider/redirect"
RESET = "/password/request"
LOG_OUT = "/auth/session"

# The codes that allauth tries under GET as well: it tells whether they are right.
CODES = ("HTTP_X_EMAIL_VERIFICATION_KEY", "HTTP_X_PASSWORD_RESET_KEY")


class AnyObject(RootModel[dict[str, JsonValue]]):
    """A JSON object; which members it may have is for allauth's forms to say."""


def admit(request: HttpRequest) -> None:
    """
    Count what writes, or brings a code in a header, among the attempts of its kind, before it is tried.

    :raises LimitReached: if too many came from there
    """
    if request.method == "GET":
        if any(name in request.META for name in CODES):
            count_step(request)
        return
    # Nobody is kept from leaving: it tries nothing, and ends one session.
    if request.method != "DELETE" or not request.path_info.endswith(LOG_OUT):
        find_own = partial(_find_own, request)
        charge_attempt(request.path_info, address=client_address(request), find_own=find_own)
    if request.path_info.endswith(FORM):
        return
    body = request_state().body = _read_json(request)
    if request.method == "POST":
        check_credential(request.path_info, body)
        check_names(request.path_info, body)


def count_step(request: HttpRequest) -> None:
    """
    Count a step of signing in.

    :raises LimitReached: if too many came from there
    """
    charge_step(client_address(request), partial(_find_own, request))


def _find_own(request: HttpRequest) -> str | None:
    if request.path_info.endswith(RESET):
        email = _read_json(request).get("email")
        return find_known_device(to_login(email), place_of(request)) if isinstance(email, str) else None
    user_id = _find_user(request) or _find_half_way(request)
    return None if user_id is None else f"user:{user_id}"


def _find_user(request: HttpRequest) -> int | None:
    """Return whose session a request brings, in either way, if it lives."""
    key = request.META.get("HTTP_X_SESSION_TOKEN") or request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    principal = recognize(key, now=clock.now()) if 0 < len(key) <= MAX_KEY else None
    return principal.id if principal is not None and principal.kind == SESSION else None


def _find_half_way(request: HttpRequest) -> int | None:
    """Return who has shown a password in a browser of theirs, and is asked for more."""
    begun = unstash_login(request, peek=True)
    if begun is None or begun.user is None:
        return None
    user_id: int = begun.user.pk
    return user_id if is_known_device(user_id, place_of(request)) else None


def _read_json(request: HttpRequest) -> dict[str, Any]:
    """Hold allauth's bodies to the rules of all others: a NUL or a lone surrogate would end as a 500."""
    if request.META.get("CONTENT_LENGTH") in (None, "", "0"):
        return {}
    return drop_blanks(request.path_info, parse_body(read_body(request), AnyObject).root)
