"""
The few pages of a headless service: log-in with its second factor, and what surrounds the consent page.

Plain HTML and one style sheet, no script. Every form posts to this origin alone, but for the consent, which
leads on to the app.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.forms import LoginForm
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStageController
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.internal.constants import LoginStageKey
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse

from modules.accounts.api.methods import methods
from modules.accounts.services.addresses import to_login
from modules.accounts.services.attempts import charge_log_in, charge_second_factor
from modules.kernel.errors import TooMany
from modules.kernel.http import problems
from modules.kernel.http.address import client_address

AUTHORIZE = "/identity/o/authorize"
STYLE = Path(__file__).parents[1] / "templates" / "identity" / "identity.css"


def as_page(response: HttpResponse, *, leads_to: str | None = None) -> HttpResponse:
    """Return a response as a page: an error page stays one, and its forms may lead to an app's address."""
    if isinstance(response, TemplateResponse):
        response.render()
    response.is_page = True  # type: ignore[attr-defined]
    if response.status_code == 200 and b'data-page="error"' in response.content:
        response.status_code = 400
    forms = "'self'" if leads_to is None else f"'self' {_source_of(leads_to)}"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    # Under `no-referrer` browsers send `Origin: null` with a form, which the check against forgery refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def refuse_forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse what a browser's own page may not have sent: on a page where people are, else as a problem."""
    if request.path_info.startswith("/identity/"):
        detail = "This form is too old, or it was not ours. Go back, load the page anew, and send it again."
        return show_error(request, detail, status=403)
    return problems.answer(PermissionDenied(f"CSRF check failed: {reason}"), request)


def show_error(request: HttpRequest, detail: str, *, status: int = 400) -> HttpResponse:
    """Tell the user what is wrong, on a page: where the app wants him sent to cannot be trusted."""
    return as_page(render(request, "identity/error.html", {"detail": detail}, status=status))


@methods("GET", "POST")
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password."""
    target = _target(request)
    if request.method != "POST":
        return _show_log_in(request, target)
    name = to_login(request.POST.get("login", ""))
    try:
        charge_log_in(name, client_address(request))
    except TooMany as refusal:
        return _show_log_in(request, target, problem=str(refusal), status=429)
    return _try_log_in(request, name, target)


@methods("GET", "POST")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code of the user's device, or one of the codes he has written down."""
    target = _target(request)
    stage = LoginStageController.enter(request, LoginStageKey.MFA_AUTHENTICATE.value)
    if stage is None:
        return HttpResponseRedirect(f"/identity/login?{_next(target)}")
    if request.method != "POST":
        return as_page(render(request, "identity/second_factor.html", {"next": target}))
    try:
        charge_second_factor(request.session.session_key or "", client_address(request))
    except TooMany as refusal:
        page = {"next": target, "problem": str(refusal)}
        return as_page(render(request, "identity/second_factor.html", page, status=429))
    form = AuthenticateForm(data=request.POST, user=stage.login.user)
    if not form.is_valid():
        page = {"next": target, "problem": "This code is not right, or was used before."}
        return as_page(render(request, "identity/second_factor.html", page, status=400))
    form.save()
    response: HttpResponse = stage.exit()
    return response


@methods("GET", "POST")
def unverified(request: HttpRequest) -> HttpResponse:
    """Tell a user that his address has to be confirmed first, which his own app does."""
    clear_login(request)
    return show_error(request, "Confirm your email address in the app first, then come back.", status=403)


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
        problem = "Name and password do not fit together."
        return _show_log_in(request, target, problem=problem, status=400)
    try:
        response: HttpResponse = form.login(request, redirect_url=target)
    except ImmediateHttpResponse as over:
        response = over.response
    if response.status_code >= 400:
        problem = "Name and password do not fit together."
        return _show_log_in(request, target, problem=problem, status=400)
    if (location := response.headers.get("Location", "")).startswith("/identity/second-factor"):
        response.headers["Location"] = f"{location}?{_next(target)}"
    return response


def _show_log_in(request: HttpRequest, target: str, *, status: int = 200, **shown: Any) -> HttpResponse:
    page = {"next": target, "name": request.POST.get("login", "")[:254], **shown}
    return as_page(render(request, "identity/log_in.html", page, status=status))


def _target(request: HttpRequest) -> str:
    """Return where to go on: to a consent page of ours, and nowhere else."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = target.startswith(f"{AUTHORIZE}?") and target.isprintable() and "\\" not in target
    return target if is_ours else "/identity/login"


def _next(target: str) -> str:
    return urlencode({"next": target})


def _source_of(uri: str) -> str:
    """Return an address as a source of a policy: browsers hold the way out of a form to it as well."""
    parts = urlsplit(uri)
    is_web = parts.scheme in ("http", "https")
    return f"{parts.scheme}://{parts.netloc}" if is_web else f"{parts.scheme}:"
