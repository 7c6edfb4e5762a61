"""
The few pages of a headless service: log-in with its second factor, and what surrounds the consent page.

Plain HTML and one style sheet, no script. Every form posts to this origin alone, and may lead on to the app
that sent its user here (`ways_out.py`). No form is a dead end: one that is too old is shown anew.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from allauth.account.forms import LoginForm
from allauth.account.stages import LoginStageController
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.idp.oidc.models import Client
from allauth.mfa.base.forms import AuthenticateForm
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.response import TemplateResponse

from modules.accounts.api.allauth.attempts import count_step
from modules.accounts.api.allauth.internals import LoginStageKey, clear_login
from modules.accounts.api.allauth.methods import methods
from modules.accounts.api.pages.ways_out import find_asking_app, form_action
from modules.accounts.services.addresses import to_login
from modules.kernel.errors import TooMany
from modules.kernel.http import problems

AUTHORIZE = "/identity/o/authorize"
# As long as gunicorn lets an address be: by a form more could be sent, and is taken apart for each page.
MAX_TARGET = 4_094
# Where a log-in may lead before it leads where its user was going.
STOPS = ("/identity/second-factor", "/identity/unverified")
# Where people are, so that whatever is refused there is said on a page.
PAGES = (
    *("/identity/login", "/identity/log-in-again", "/identity/second-factor", "/identity/unverified"),
    *("/identity/logout", "/identity/o/logout", AUTHORIZE),
)
STYLE = Path(__file__).parents[2] / "templates" / "identity" / "identity.css"


def as_page(response: HttpResponse, *, app: Client | None = None) -> HttpResponse:
    """Return a response as a page: an error page stays one, and its forms may lead to an app."""
    if isinstance(response, TemplateResponse):
        response.render()
    response.is_page = True  # type: ignore[attr-defined]
    if response.status_code == 200 and b'data-page="error"' in response.content:
        response.status_code = 400
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; form-action {form_action(app)}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    # Under `no-referrer` browsers send `Origin: null` with a form, which the check against forgery refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def refuse_forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """
    Refuse what a browser's own page may not have sent: where people are by the page anew, else as a problem.

    Nothing of what was sent is shown again but where it leads, for somebody else may have written it.
    """
    if request.path_info in FORMS:
        return FORMS[request.path_info](request, why_anew(reason))
    if request.path_info.startswith("/identity/"):
        return show_error(request, why_anew(reason), status=403)
    return problems.answer(PermissionDenied(f"CSRF check failed: {reason}"), request)


def why_anew(reason: str) -> str:
    """Return what to tell a person whose form was not taken, for Django's reason."""
    if reason == REASON_NO_CSRF_COOKIE:
        return "Your browser sent no cookie along. Allow them here, load the page anew, and send it again."
    return "Nothing was done, for this page had grown too old. Please send it again."


def show_error(
    request: HttpRequest, detail: str, *, status: int = 400, again: str | None = None
) -> HttpResponse:
    """Tell the user what is wrong, on a page: where the app wants them sent to cannot be trusted."""
    page = {"detail": detail, "again": again}
    return as_page(render(request, "identity/error.html", page, status=status))


@methods("GET", "POST")
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password."""
    target = _target(request)
    if request.method != "POST":
        return _show_log_in(request, target)
    name = to_login(request.POST.get("login", ""))
    try:
        return _try_log_in(request, name, target)
    except TooMany as refusal:
        return _show_log_in(request, target, problem=str(refusal), status=429)


@methods("GET", "POST")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code of the user's device, or one of the codes they have written down."""
    target = _target(request)
    stage = LoginStageController.enter(request, LoginStageKey.MFA_AUTHENTICATE.value)
    if stage is None:
        return _skip_second_factor(request, target)
    if request.method != "POST":
        return _show_second_factor(request, target)
    form = AuthenticateForm(data=request.POST, user=stage.login.user)
    try:
        count_step(request)
        problem, status = ("" if form.is_valid() else "This code is not right, or was used before."), 400
    except TooMany as refusal:
        problem, status = str(refusal), 429
    if problem:
        return _show_second_factor(request, target, problem=problem, status=status)
    form.save()
    response: HttpResponse = stage.exit()
    return response


@methods("GET", "POST")
def unverified(request: HttpRequest) -> HttpResponse:
    """Tell a user that their address has to be confirmed first, which the service's own app does."""
    clear_login(request)
    detail = "Confirm your email address in the app first, then log in again here."
    return show_error(request, detail, status=403, again=f"/identity/login?{_next(_target(request))}")


@methods("POST")
def log_out(request: HttpRequest) -> HttpResponse:
    """Log the user out of this browser."""
    logout(request)
    return HttpResponseRedirect("/identity/login")


@methods("GET")
def style(request: HttpRequest) -> HttpResponse:
    """Answer the pages' style sheet."""
    content, etag = _style()
    response = HttpResponse(content, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["ETag"] = etag
    return response


@cache
def _style() -> tuple[bytes, str]:
    content = STYLE.read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _try_log_in(request: HttpRequest, name: str, target: str) -> HttpResponse:
    form = LoginForm(data={**request.POST.dict(), "login": name, "remember": "on"}, request=request)
    if not form.is_valid():
        problem = "Wrong username or password."
        return _show_log_in(request, target, problem=problem, status=400)
    try:
        response: HttpResponse = form.login(request, redirect_url=target)
    except ImmediateHttpResponse as over:
        response = over.response
    if response.status_code >= 400:
        problem = "Wrong username or password."
        return _show_log_in(request, target, problem=problem, status=400)
    if (location := response.headers.get("Location", "")).startswith(STOPS):
        response.headers["Location"] = f"{location}?{_next(target)}"
    return response


def _show_log_in(request: HttpRequest, target: str, *, status: int = 200, **shown: Any) -> HttpResponse:
    page = {"next": target, "name": request.POST.get("login", "")[:254], **shown}
    return as_page(render(request, "identity/log_in.html", page, status=status), app=find_asking_app(target))


def _show_second_factor(
    request: HttpRequest, target: str, *, status: int = 200, **shown: Any
) -> HttpResponse:
    page = {"next": target, **shown}
    response = render(request, "identity/second_factor.html", page, status=status)
    return as_page(response, app=find_asking_app(target))


def _skip_second_factor(request: HttpRequest, target: str) -> HttpResponse:
    """Lead on whoever sent the form twice, and back whoever has not begun to log in."""
    return HttpResponseRedirect(
        target if request.user.is_authenticated else f"/identity/login?{_next(target)}"
    )


def _target(request: HttpRequest) -> str:
    """Return where to go on: to a consent page or another page of ours, and nowhere else."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_short = len(target) <= MAX_TARGET
    is_ours = is_short and target.startswith(f"{AUTHORIZE}?") and target.isprintable() and "\\" not in target
    return target if is_ours or target in settings.ACCOUNTS.pages else "/identity/login"


def _next(target: str) -> str:
    return urlencode({"next": target})


def _log_in_anew(request: HttpRequest, problem: str) -> HttpResponse:
    return _show_log_in(request, _target(request), problem=problem, name="", status=403)


def _second_factor_anew(request: HttpRequest, problem: str) -> HttpResponse:
    target = _target(request)
    if LoginStageController.enter(request, LoginStageKey.MFA_AUTHENTICATE.value) is None:
        return _skip_second_factor(request, target)
    return _show_second_factor(request, target, problem=problem, status=403)


# The forms that people fill in, as they are shown again when what was sent is not taken.
FORMS = {
    "/identity/login": _log_in_anew,
    "/identity/log-in-again": _log_in_anew,
    "/identity/logout": _log_in_anew,
    "/identity/second-factor": _second_factor_anew,
}
