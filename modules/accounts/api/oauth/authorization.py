"""
OAuth's authorization endpoint: allauth's, held to more than allauth holds it to.

PKCE with S256 is asked of every app, a redirect address must be the registered one to the letter, what an app
does wrong it hears there, and a code dies with the session and the consent that it comes from.
"""

import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.idp.oidc import views as library_views
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from modules.accounts.api.allauth.internals import authorization_codes, get_validator_context
from modules.accounts.api.oauth import parameters as parameters
from modules.accounts.api.oauth.asking import ask_again, is_asked, note_page, read_asked
from modules.accounts.api.oauth.authorization_request import (
    NO_APP,
    PASSED_ON,
    Asked,
    Caller,
    NoWayBack,
    find_caller,
    read,
)
from modules.accounts.api.oauth.parameters import Wrong
from modules.accounts.api.pages.forgery import find_forgery
from modules.accounts.api.pages.fresh_log_in import take_log_in
from modules.accounts.api.pages.login_pages import AUTHORIZE, as_page, show_error, why_anew
from modules.accounts.selectors.addresses import is_verified_by
from modules.accounts.selectors.apps import find_granted_email, has_consent
from modules.accounts.services.grants import AppGone
from modules.accounts.services.token_families import SessionEnded, open_family
from modules.kernel import clock

# Of the form; `request` is what the library signed when it showed the page.
FORM = ("csrfmiddlewaretoken", "request", "action", "email")
MAX_QUERY = 3500


@method_decorator(csrf_exempt, name="dispatch")
class Authorization(library_views.AuthorizationView):  # type: ignore[misc]
    """Asks a user whether an app may act for them."""

    # Without it Django's forms take a PUT for a POST.
    http_method_names = ("get", "post")
    _path = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say so if the app is deleted while it is answered: allauth looks it up once more to show it."""
        try:
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        except Client.DoesNotExist:
            return show_error(request, NO_APP)
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse what allauth would let through, have the user log in, then ask."""
        self._path = path = f"{request.path}?{request.GET.urlencode()}"
        is_fresh = take_log_in(request, path)
        try:
            caller = find_caller(request.GET)
        except NoWayBack as refused:
            return show_error(request, str(refused))
        try:
            asked = read(request.GET, caller)
            if self._must_log_in(asked, is_fresh=is_fresh):
                return _send_to_log_in(request, path)
            self._check_user(caller, asked)
            self._pass_on(asked)
            return self._tied(super().get(request, *args, **kwargs), caller)
        except Wrong as wrong:
            return _tell_app(caller, wrong)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the answer of who was asked; ask again if it is too old, or they are logged out meanwhile."""
        if "client_id" in request.POST or not request.POST.get("request"):
            return _ask_by_get(request)
        asked = read_asked(request.POST["request"])
        if asked is None:
            return show_error(request, "This form is not ours. Begin again in the app.", status=403)
        self._scopes, self._request_info = asked
        if not request.user.is_authenticated:
            return _send_to_log_in(request, ask_again(self._request_info))
        if not is_asked(self._request_info, request):
            return as_page(HttpResponseRedirect(ask_again(self._request_info)))
        try:
            caller = find_caller(parameters.to_query(_texts_of(self._request_info)))
        except NoWayBack as refused:
            return show_error(request, str(refused))
        form = parameters.keep(request.POST, FORM)
        form.setlist("scopes", request.POST.getlist("scopes"))
        parameters.use_form(request, form)
        if reason := find_forgery(request):
            return as_page(self._ask_anew(why_anew(reason)), app=caller.app)
        return self._tied(super().post(request, *args, **kwargs), caller)

    def get_initial(self) -> dict[str, Any]:
        """Return what the page carries along: of whom it asks, too."""
        note_page(self._request_info, self.request, self._path)
        initial: dict[str, Any] = super().get_initial()
        return initial

    def _ask_anew(self, problem: str) -> HttpResponse:
        """Return the page once more, with nothing of the answer that was not taken."""
        form = self.form_class(
            initial=self.get_initial(), requested_scopes=self._scopes, user=self.request.user
        )
        page = self.get_context_data(form=form, problem=problem)
        response: HttpResponse = self.render_to_response(page, status=403)
        return response

    def _must_log_in(self, asked: Asked, *, is_fresh: bool) -> bool:
        """
        Return whether the user has to log in first, or again.

        :raises Wrong: if they may not be asked to
        """
        if not self.request.user.is_authenticated:
            is_late = True
        elif is_fresh:
            is_late = False
        else:
            age = time.time() - (_authenticated_at(self.request) or 0.0)
            is_late = asked.wants_log_in or (asked.max_age is not None and age > asked.max_age)
        if is_late and asked.is_silent:
            raise Wrong("login_required", "The user has to log in.")
        return is_late

    def _check_user(self, caller: Caller, asked: Asked) -> None:
        """Hold the user to whom the app wants it to be, and an app that asks unseen to an earlier consent."""
        user, scopes = self.request.user, parameters.words_of(self.request.GET, "scope")
        if asked.subjects - {get_adapter().get_user_sub(caller.app, user)}:
            raise Wrong("login_required", "Somebody else is logged in.")
        # allauth adds up what the user gave to all apps, and forgets which address they chose for this one.
        if asked.is_silent:
            chosen = find_granted_email(user.pk, caller.app.id)
            is_lost = chosen is not None and not is_verified_by(user.pk, chosen)
            if is_lost or not has_consent(user.pk, caller.app.id, scopes):
                raise Wrong("consent_required", "Ask without prompt=none first.")
            get_validator_context().email = chosen

    def _pass_on(self, asked: Asked) -> None:
        """Show the library what it has to know, and nothing that was dealt with here."""
        kept = parameters.keep(self.request.GET, PASSED_ON)
        kept.pop("prompt", None)
        if asked.is_silent:
            kept["prompt"] = "none"
        parameters.use_query(self.request, kept)

    def _tied(self, response: HttpResponse, caller: Caller) -> HttpResponse:
        """Return the library's answer as a page; a code in it is tied to the session that it comes from."""
        code = parameters.added_to(caller.redirect_uri, response.headers.get("Location", "")).get("code")
        if code is None:
            return as_page(response, app=caller.app)
        if authorization_codes.lookup(caller.app.id, code) is None:
            return _tell_app(caller, Wrong("temporarily_unavailable", "Ask again in a moment."))
        at = _authenticated_at(self.request)
        try:
            open_family(
                code,
                user_id=self.request.user.pk,
                app_id=caller.app.id,
                session_key=self.request.session.session_key or "",
                authenticated_at=None if at is None else datetime.fromtimestamp(at, UTC),
                email=_email_to_show(self.request),
                now=clock.now(),
            )
        except AppGone:
            return show_error(self.request, NO_APP)
        except SessionEnded:
            return _tell_app(caller, Wrong("login_required", "The user was logged out meanwhile."))
        return as_page(response, app=caller.app)


def _authenticated_at(request: HttpRequest) -> float | None:
    """Return when the user last proved who they are, in this session."""
    records = get_authentication_records(request, request.user if request.user.is_authenticated else None)
    return max((float(record["at"]) for record in records), default=None)


def _email_to_show(request: HttpRequest) -> str | None:
    """Return the address that the app sees from now on, whichever becomes the primary one; None if none."""
    scopes = request.POST.getlist("scopes") or parameters.words_of(request.GET, "scope")
    if "email" not in scopes:
        return None
    email: str | None = get_validator_context().email
    return email or EmailAddress.objects.get_primary_email(request.user)


def _send_to_log_in(request: HttpRequest, path: str) -> HttpResponse:
    page = "/identity/log-in-again" if request.user.is_authenticated else "/identity/login"
    return as_page(HttpResponseRedirect(f"{page}?{urlencode({'next': path})}"))


def _ask_by_get(request: HttpRequest) -> HttpResponse:
    """Have an app that asks by a form of its own ask as all others do."""
    query = request.POST.urlencode()
    if len(query) > MAX_QUERY:
        return show_error(request, "The app asks for more than can be read.")
    return as_page(HttpResponseRedirect(f"{AUTHORIZE}?{query}"))


def _texts_of(asked: dict[str, Any]) -> dict[str, str]:
    """Return where the app wants its answer, as it was signed into the form."""
    return {name: str(asked.get(name) or "") for name in ("client_id", "redirect_uri", "state")}


def _tell_app(caller: Caller, wrong: Wrong) -> HttpResponse:
    """Send the user back to the app with what it did wrong."""
    said = {"error": wrong.error, "error_description": wrong.detail}
    response = HttpResponse(status=302)
    response.headers["Location"] = parameters.add_query(
        caller.redirect_uri, said | ({"state": caller.state} if caller.state else {})
    )
    return as_page(response, app=caller.app)
