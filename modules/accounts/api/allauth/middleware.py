"""
What allauth's views need around them, and only they: a session, its user, protection against forgery.

They stand under `/auth/` (JSON) and `/identity/` (OAuth, and the pages it shows). The rest of the API
authenticates by itself (`api/authentication.py`) and pays one `startswith` here.
"""

import json
from collections.abc import Callable
from typing import Any, cast

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialApp
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError, IntegrityError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware, get_token

from modules.accounts.api.allauth.attempts import admit
from modules.accounts.api.allauth.devices import leave_device
from modules.accounts.api.allauth.methods import refuse_method
from modules.accounts.api.allauth.session_store import opened_from
from modules.accounts.api.allauth.sign_up import sign_up_once
from modules.accounts.api.pages.login_pages import PAGES, show_error
from modules.accounts.api.request_state import keeping_state
from modules.accounts.services.accounts import to_refusal
from modules.accounts.services.sign_in_limits import SIGN_IN
from modules.kernel.errors import NotFound, Refusal, Unauthorized
from modules.kernel.http import limiting, problems
from modules.kernel.http.address import client_address
from modules.kernel.http.parsing import check_length, check_media_type
from modules.kernel.sizes import MAX_SIGN_IN_BODY
from sharding.backend import deadline
from sharding.errors import InFlight, InstanceUnavailable, KeyReused

JSON_PREFIX = "/auth/"
BROWSER_PREFIX = "/auth/browser/"
TOKEN_HEADER = "X-CSRFToken"  # noqa: S105 - the name of a header
PREFIXES = (JSON_PREFIX, "/identity/")

# What allauth lets rise and is meant as an answer, in the words of the rest of the API.
_REFUSALS = (
    *(Refusal, UpdateError, SessionInterrupted, KeyReused, InFlight, InstanceUnavailable, DatabaseError),
    # The callback of a provider that is not configured.
    SocialApp.DoesNotExist,
)

Handler = Callable[[HttpRequest], HttpResponseBase]


class SessionOver(Unauthorized):
    """The session ended while its request was being answered."""

    code = "session_over"
    title = "The session has ended; log in again."


class AllauthMiddleware:
    """Runs Django's session, authentication and CSRF middlewares for `/auth/` alone."""

    def __init__(self, get_response: Handler) -> None:
        """Build the longer way beside the short one."""
        self._pass = get_response
        self._csrf = CsrfViewMiddleware(self._hand_out_token)
        self._prepare = SessionMiddleware(AuthenticationMiddleware(self._csrf))
        limiting.leave(*PREFIXES)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request, by the longer way if allauth will see it."""
        if not request.path_info.startswith(PREFIXES):
            return self._pass(request)
        # allauth writes outside of transactions too: of a failure, nobody can say what it left.
        deadline.note_commit()
        with keeping_state():
            return self._answer_with_session(request)

    def _answer_with_session(self, request: HttpRequest) -> HttpResponseBase:
        try:
            limiting.charge_address(request, SIGN_IN)
            # Here strangers bring what is looked at before anybody is known.
            check_length(request, MAX_SIGN_IN_BODY)
            check_media_type(request)
            opened_from.set(client_address(request))
            response = cast(HttpResponseBase, self._prepare(request))
        except _REFUSALS as error:
            return _answer(error, request)
        leave_device(response)
        return response

    def _hand_out_token(self, request: HttpRequest) -> HttpResponseBase:
        """
        Tell a browser's front end what to send as `X-CSRFToken`.

        One at a sibling host cannot read the cookie in which Django expects it to look. Only an origin that
        may write with the cookie is told, and a browser lets no page read it that is not listed for CORS.
        """
        response = self._pass(request)
        if request.path_info.startswith(BROWSER_PREFIX) and self._is_trusted(request):
            response.headers[TOKEN_HEADER] = get_token(request)
        return response

    def _is_trusted(self, request: HttpRequest) -> bool:
        if "HTTP_ORIGIN" not in request.META:
            return True
        return bool(self._csrf._origin_verified(request))  # type: ignore[attr-defined]  # Django's own check

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse methods that a view lacks and forgery before a body is tried; sign up once for one key."""
        if not request.path_info.startswith(PREFIXES):
            return None
        refused = refuse_method(request, view) or self._csrf.process_view(request, view, args, kwargs)
        if refused is not None:
            return refused
        try:
            if request.path_info.startswith(JSON_PREFIX):
                admit(request)
            return sign_up_once(request, view, args, kwargs)
        except ImmediateHttpResponse as over:
            # What rises here passes allauth's own middleware by.
            return cast(HttpResponseBase, over.response)
        except _REFUSALS as error:
            return _answer(error, request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer what allauth lets rise and our own services mean as an answer."""
        if isinstance(error, _REFUSALS):
            return _answer(error, request)
        return None


def _answer(error: Exception, request: HttpRequest) -> HttpResponse:
    if isinstance(error, UpdateError | SessionInterrupted):
        error = SessionOver()
    elif isinstance(error, SocialApp.DoesNotExist):
        error = NotFound()
    elif isinstance(error, IntegrityError):
        # allauth looks whether an address is free and writes it later; the claim decides in between.
        error = to_refusal(error)
    problem = problems.answer(error, request)
    is_person = request.path_info in PAGES and "text/html" in request.META.get("HTTP_ACCEPT", "")
    return _as_page(problem, request) if is_person else problem


def _as_page(problem: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Return a refusal as people can read it."""
    title = json.loads(problem.content)["title"]
    page = show_error(request, f"{title.rstrip('.')}.", status=problem.status_code)
    page.problem_code = problem.problem_code  # type: ignore[attr-defined]
    if "Retry-After" in problem.headers:
        page.headers["Retry-After"] = problem.headers["Retry-After"]
    return page
