"""
OAuth's endpoints for machines, and log-out: allauth's, held to more than allauth holds them to.

A code or refresh token that comes a second time ends its family, and what ends is over at once
(`services/token_families.py`). What users see is asked in `api/oauth/authorization.py`.
"""

import json
from datetime import datetime
from functools import partial
from typing import Any

from allauth.idp.oidc import views as library_views
from allauth.idp.oidc.models import Client
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from modules.accounts.api.allauth.internals import authorization_codes
from modules.accounts.api.allauth.methods import methods
from modules.accounts.api.oauth import parameters as parameters
from modules.accounts.api.oauth.oauth_adapter import IDENTITY
from modules.accounts.api.oauth.parameters import PROOF, Wrong, words_of
from modules.accounts.api.pages.forgery import find_forgery
from modules.accounts.api.pages.login_pages import as_page, show_error, why_anew
from modules.accounts.api.request_state import request_state
from modules.accounts.selectors.apps import is_code_of
from modules.accounts.services.grants import AppGone, holding_app
from modules.accounts.services.replays import tokens_in
from modules.accounts.services.token_families import (
    Issued,
    NotGranted,
    TokenReused,
    answer_again,
    end_app_tokens,
    end_token,
    exchange,
)
from modules.kernel import clock

GRANTS = ("authorization_code", "client_credentials", "refresh_token")
SPENT_BY = {"authorization_code": "code", "refresh_token": "refresh_token"}
CLIENT = ("client_id", "client_secret")
OF_TOKEN = (*CLIENT, "grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope")
OF_LOG_OUT = (
    *("id_token_hint", "logout_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales"),
    *("action", "csrfmiddlewaretoken"),
)
NO_APP = Wrong("invalid_client", "There is no such app.", status=401)
AWAY = Wrong("temporarily_unavailable", "Send the same again in a moment.", status=503)
OVER = Wrong("invalid_grant", "It is none, or no longer.")


class _NotIssued(Exception):
    """No token was given; the answer says why, and nothing is spent."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__("no token was given")
        self.response = response

    @property
    def is_of_grant(self) -> bool:
        """Return whether the app is who it says, and only what it shows is worth nothing."""
        return bool(json.loads(self.response.content).get("error") == "invalid_grant")


@methods("POST")
@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """Give tokens for a code, a refresh token, or an app's own credentials."""
    try:
        app_id = _take(request, (*OF_TOKEN, "resource"))
        parameters.check_resources(request.POST)
        parameters.use_form(request, parameters.keep(request.POST, OF_TOKEN))
        return _private(_answer(request, app_id))
    except Wrong as wrong:
        return _refuse(wrong)


@methods("POST")
@csrf_exempt
def revoke(request: HttpRequest) -> HttpResponse:
    """End a token that its app gives up (RFC 7009)."""
    try:
        app_id = _take(request, (*CLIENT, "token"))
        presented = request.POST.get("token")
        if not presented:
            raise Wrong("invalid_request", "Send the token.")
    except Wrong as wrong:
        return _refuse(wrong)
    # allauth deletes the row without a word, so it is asked who the app is, and nothing else.
    form = parameters.keep(request.POST, CLIENT)
    form["token"] = "-"  # noqa: S105 - nobody's token
    parameters.use_form(request, form)
    response: HttpResponse = library_views.revoke(request)
    if response.status_code != 200:
        return _private(response)
    end_token(presented, app_id=app_id)
    # allauth's is an empty page of HTML, which clients in browsers take for an error.
    return _private(JsonResponse({}))


def _take(request: HttpRequest, names: tuple[str, ...]) -> str:
    """
    Check what was sent, drop what the address holds, and return which app says it is calling.

    :raises Wrong: if it cannot be read, or names two apps or two secrets
    """
    parameters.check_readable(request.POST, names)
    shown = parameters.read_basic(request.META.pop("HTTP_AUTHORIZATION", ""))
    if shown is None:
        return str(request.POST.get("client_id", ""))
    request_state().is_basic = True
    if request.POST.get("client_secret") or request.POST.get("client_id", shown[0]) != shown[0]:
        raise Wrong("invalid_request", "Say once which app is calling (RFC 6749, 2.3).")
    form = request.POST.copy()
    form["client_id"], form["client_secret"] = shown
    parameters.use_form(request, form)
    return shown[0]


def _answer(request: HttpRequest, app_id: str) -> HttpResponse:
    grant = request.POST.get("grant_type", "")
    if not grant:
        raise Wrong("invalid_request", "Send a grant_type.")
    if grant not in GRANTS:
        raise Wrong("unsupported_grant_type", f"Send one of: {', '.join(GRANTS)}.")
    if app_id and not Client.objects.filter(id=app_id, owner__is_active=True).exists():
        raise NO_APP
    if grant == "client_credentials" and not IDENTITY.keys().isdisjoint(words_of(request.POST, "scope")):
        raise Wrong("invalid_scope", "An app by itself is no user: ask for none of openid, profile, email.")
    presented = request.POST.get(SPENT_BY.get(grant, ""))
    if not presented:
        return _issue_to_app(request, app_id)
    if grant == "authorization_code" and not PROOF.fullmatch(request.POST.get("code_verifier", "")):
        raise Wrong("invalid_request", "Send the code_verifier, 43 to 128 characters of A-Z a-z 0-9 . _ ~ -")
    return _spend(request, presented, app_id)


def _issue_to_app(request: HttpRequest, app_id: str) -> HttpResponse:
    """Return a token of an app's own, or what is wrong."""
    try:
        with holding_app(app_id):
            response: HttpResponse = library_views.token(request)
    except AppGone as gone:
        raise NO_APP from gone
    return response


def _spend(request: HttpRequest, presented: str, app_id: str) -> HttpResponse:
    """Return new tokens for a code or refresh token, or for the same client once more the same ones."""
    asked = f"{app_id} {request.POST.get('scope', '')}"
    try:
        body = exchange(presented, partial(_issue, request), app_id=app_id, asked=asked, now=clock.now())
        return HttpResponse(body, content_type="application/json")
    except AppGone as gone:
        raise NO_APP from gone
    except NotGranted:
        refused = None
    except _NotIssued as not_issued:
        if not not_issued.is_of_grant:
            return not_issued.response
        refused = not_issued.response
    if _is_lost(presented, app_id):
        raise AWAY
    try:
        again = answer_again(presented, app_id=app_id, asked=asked, now=clock.now())
    except TokenReused as reused:
        detail = "It was used before; all tokens that came from it are revoked."
        raise Wrong("invalid_grant", detail) from reused
    except NotGranted as ended:
        raise OVER from ended
    if again is not None:
        return HttpResponse(again, content_type="application/json")
    if refused is None:
        raise OVER
    return refused


def _is_lost(presented: str, app_id: str) -> bool:
    """Return whether a code is good, but what allauth keeps of it in the cache cannot be read."""
    return is_code_of(presented, app_id) and authorization_codes.lookup(app_id, presented) is None


def _issue(request: HttpRequest, authenticated_at: datetime | None, shown_email: str | None) -> Issued:
    """Return allauth's answer and the tokens in it."""
    state = request_state()
    state.authenticated_at, state.shown_email = authenticated_at, shown_email
    response: HttpResponse = library_views.token(request)
    if response.status_code != 200:
        raise _NotIssued(response)
    return Issued(response.content, tokens_in(response.content))


def _refuse(wrong: Wrong) -> HttpResponse:
    said = {"error": wrong.error, "error_description": wrong.detail}
    return _private(JsonResponse(said, status=wrong.status))


def _private(response: HttpResponse) -> HttpResponse:
    if response.status_code == 401 and request_state().is_basic:
        response.headers["WWW-Authenticate"] = 'Basic realm="OAuth"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


@methods("GET", "POST")
@csrf_exempt
def user_info(request: HttpRequest) -> HttpResponse:
    """Tell an app who the user is (OpenID Connect Core, 5.3); its token comes in the header or in a form."""
    try:
        parameters.check_readable(request.POST, ("access_token",))
    except Wrong as wrong:
        return _refuse(wrong)
    parameters.use_form(request, parameters.keep(request.POST, ("access_token",)))
    response: HttpResponse = library_views.user_info(request)
    if response.status_code == 403:
        # RFC 6750, 3; the library says it with 401 alone.
        response.headers["WWW-Authenticate"] = 'Bearer error="insufficient_scope", scope="openid"'
    return _private(response)


@methods("GET", "POST")
def not_offered(request: HttpRequest) -> HttpResponse:
    """Answer what allauth names in its metadata and is not offered here."""
    raise Http404


class _LogOutForm(library_views.RPInitiatedLogoutForm):  # type: ignore[misc]
    """What an app sends with its user; it names its address to the letter, if it has registered any."""

    def clean(self) -> Any:
        """Refuse what allauth would take for near enough."""
        sent = super().clean()
        app, uri = sent.get("client"), sent.get("post_logout_redirect_uri")
        registered = app.get_post_logout_redirect_uris() if app else []
        if uri and registered and not parameters.is_registered(uri, registered):
            self.add_error("post_logout_redirect_uri", "The app has not registered this address.")
        return sent


class _LogOut(library_views.LogoutView):  # type: ignore[misc]
    """Asks whether to log out, and again if the answer was too old; ends what the app holds of the user."""

    form_class = _LogOutForm

    def render_to_response(self, context: dict[str, Any], **shown: Any) -> HttpResponse:
        """Return the page, which may lead to what the app has registered."""
        context["problem"] = request_state().why_anew
        response = super().render_to_response(context, **shown)
        return as_page(response, app=context["form"].cleaned_data.get("client"))

    def _handle(self, form: Any, op_logout: bool) -> HttpResponse:
        # allauth deletes rows without a word: what is cached of them would live on.
        app = form.cleaned_data["client"]
        if app is not None and self.request.user.is_authenticated:
            end_app_tokens(self.request.user.pk, app.id)
        response: HttpResponse = super()._handle(form, op_logout)
        return response


@methods("GET", "POST")
@csrf_exempt
def log_out(request: HttpRequest) -> HttpResponse:
    """
    Log the user out of an app, and of this browser if they want (OpenID Connect RP-Initiated Logout).

    An app may send its user here by a form of its own, which can have no token: that asks as a link does.
    """
    sent = request.POST if request.method == "POST" else request.GET
    try:
        parameters.check_readable(sent, OF_LOG_OUT)
        parameters.check_address(sent.get("post_logout_redirect_uri", ""))
    except Wrong as wrong:
        return show_error(request, wrong.detail)
    if request.method == "POST" and (reason := find_forgery(request)):
        _drop_answer(request, reason)
    response = _LogOut.as_view()(request)
    return response if hasattr(response, "is_page") else as_page(response)


def _drop_answer(request: HttpRequest, reason: str) -> None:
    """Make of an answer that was not the user's own a question, and tell who has given one why."""
    sent = request.POST.copy()
    if sent.pop("action", None) and sent.pop("csrfmiddlewaretoken", None):
        request_state().why_anew = why_anew(reason)
    request.POST = sent  # type: ignore[assignment]


def metadata(request: HttpRequest) -> HttpResponse:
    """Tell what OAuth offers here (RFC 8414; OpenID Connect Discovery)."""
    response: HttpResponse = library_views.configuration(request)
    response.headers["Cache-Control"] = f"public, max-age={settings.IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN}"
    return response
