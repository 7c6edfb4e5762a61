"""
OAuth's endpoints: allauth's, held to more than allauth holds them to.

PKCE with S256 is asked of every app, a redirect address must be the registered one to the letter, and a code
or refresh token that comes a second time ends its family (`services/families.py`).
"""

import json
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.core.internal.httpkit import add_query_params, extract_basic_auth
from allauth.idp.oidc import views as theirs
from allauth.idp.oidc.models import Client
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from modules.accounts.api.asking import ask_again, read_asked
from modules.accounts.api.forgery import find_forgery
from modules.accounts.api.hosted import as_page, show_error, why_anew
from modules.accounts.api.methods import methods
from modules.accounts.api.ways_out import find_app
from modules.accounts.selectors.apps import has_consent
from modules.accounts.services.families import TokenReused, end_token, exchange
from modules.kernel import clock

GRANTS = ("authorization_code", "client_credentials", "refresh_token")
SPENT_BY = {"authorization_code": "code", "refresh_token": "refresh_token"}
MAX_PARAMETER = 2000


class _NotIssued(Exception):
    """No token was given; the answer says why, and nothing is spent."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__("no token was given")
        self.response = response


@method_decorator(csrf_exempt, name="dispatch")
class Authorization(theirs.AuthorizationView):  # type: ignore[misc]
    """Asks a user whether an app may act for them."""

    # Without it Django's forms take a PUT for a POST.
    http_method_names = ("get", "post")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse what allauth would let through, then ask."""
        sent = request.GET
        if _has_odd(sent):
            return show_error(request, "A parameter was sent twice, or cannot be read.")
        app = Client.objects.filter(id=sent.get("client_id", "")).first()
        if app is None:
            return show_error(request, "There is no such app.")
        redirect_uri = sent.get("redirect_uri", "")
        if not _is_registered(redirect_uri, app.get_redirect_uris()):
            return show_error(request, "The app sent you here with an address that it has not registered.")
        if not sent.get("code_challenge") or sent.get("code_challenge_method") != "S256":
            return _refuse(redirect_uri, sent, "invalid_request", "Send a code_challenge with S256.")
        if _is_silent(sent) and not self._has_consent(app):
            return _refuse(redirect_uri, sent, "consent_required", "Ask without prompt=none first.")
        return as_page(super().get(request, *args, **kwargs), app=app)

    def _has_consent(self, app: Client) -> bool:
        """Return whether this app may have a code unseen: allauth adds up what the user gave to all apps."""
        user, asked = self.request.user, self.request.GET.get("scope", "").split()
        # To who is not logged in, and for scopes that are none, allauth has a better answer.
        if not user.is_authenticated or not set(asked) <= set(app.get_scopes()):
            return True
        return has_consent(user.pk, app.id, asked or app.get_default_scopes())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the user's answer; ask again whose form is too old, or who is logged out meanwhile."""
        if not request.POST.get("request"):
            # An app's request that came as a form.
            return as_page(super().post(request, *args, **kwargs))
        asked = read_asked(request.POST["request"])
        if asked is None:
            return show_error(request, "This form is not ours. Begin again in the app.", status=403)
        self._scopes, self._request_info = asked
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"/identity/login?{urlencode({'next': ask_again(*asked)})}")
        app = find_app(self._request_info["client_id"])
        if app is None:
            return show_error(request, "There is no such app.")
        if reason := find_forgery(request):
            return as_page(self._ask_anew(why_anew(reason)), app=app)
        return as_page(super().post(request, *args, **kwargs), app=app)

    def _ask_anew(self, problem: str) -> HttpResponse:
        """Return the page once more, with nothing of the answer that was not taken."""
        form = self.form_class(
            initial=self.get_initial(), requested_scopes=self._scopes, user=self.request.user
        )
        page = self.get_context_data(form=form, problem=problem)
        response: HttpResponse = self.render_to_response(page, status=403)
        return response


@methods("POST")
@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """Give tokens for a code, a refresh token, or an app's own credentials."""
    if _has_odd(request.POST):
        return _invalid("invalid_request", "A parameter was sent twice, or cannot be read.")
    grant = request.POST.get("grant_type", "")
    if grant not in GRANTS:
        return _invalid("unsupported_grant_type", f"Send one of: {', '.join(GRANTS)}.")
    presented = request.POST.get(SPENT_BY.get(grant, ""))
    if not presented:
        return _private(theirs.token(request))
    try:
        return _private(exchange(presented, lambda: _issue(request), now=clock.now()))
    except _NotIssued as refused:
        return _private(refused.response)
    except TokenReused:
        return _invalid("invalid_grant", "It was used before; all tokens that came from it are revoked.")


@methods("POST")
@csrf_exempt
def revoke(request: HttpRequest) -> HttpResponse:
    """End a token that its app gives up (RFC 7009)."""
    presented = request.POST.get("token", "")
    if _is_odd(presented):
        return _invalid("invalid_request", "The token cannot be read.")
    # allauth deletes the row without a word, so what it was is looked up before.
    response: HttpResponse = _authenticated(request)
    if response.status_code == 200:
        end_token(presented, app_id=_app_of(request))
    return response


def _authenticated(request: HttpRequest) -> HttpResponse:
    """Return allauth's answer to a revocation of nothing, which checks who asks."""
    sent = request.POST.copy()
    sent["token"] = "-"  # noqa: S105 - nobody's token
    request.POST = sent  # type: ignore[assignment]
    response: HttpResponse = theirs.revoke(request)
    return response


def _app_of(request: HttpRequest) -> str:
    """Return the app that has shown its credentials, in either of the two ways."""
    app_id, _ = extract_basic_auth({"Authorization": request.META.get("HTTP_AUTHORIZATION", "")})
    return str(app_id or request.POST.get("client_id", ""))


def _issue(request: HttpRequest) -> tuple[HttpResponse, Collection[str]]:
    """Return allauth's answer and the tokens in it."""
    response: HttpResponse = theirs.token(request)
    if response.status_code != 200:
        raise _NotIssued(response)
    given = json.loads(response.content)
    return response, [given[name] for name in ("access_token", "refresh_token") if name in given]


def _is_registered(uri: str, registered: Collection[str]) -> bool:
    """Return whether an address is registered; of this device any port will do (RFC 8252, 7.3)."""
    if uri in registered:
        return True
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "::1") or port is None:
        return False
    bare = uri.replace(f":{port}", "", 1)
    return any(_without_port(known) == bare for known in registered)


def _without_port(uri: str) -> str:
    port = urlsplit(uri).port
    return uri if port is None else uri.replace(f":{port}", "", 1)


def _has_odd(sent: QueryDict) -> bool:
    """Return whether a parameter comes twice, or holds what no honest one does."""
    return any(len(values) > 1 or _is_odd(str(values[0])) for _, values in sent.lists())


def _is_odd(text: str) -> bool:
    return len(text) > MAX_PARAMETER or not text.isprintable()


def _is_silent(sent: QueryDict) -> bool:
    """Return whether nothing may be shown to the user, which asks for a consent given before."""
    return "none" in sent.get("prompt", "").split()


def _refuse(redirect_uri: str, sent: QueryDict, error: str, detail: str) -> HttpResponse:
    """Send the user back to the app with what it did wrong."""
    state = sent.get("state")
    said = {"error": error, "error_description": detail, **({"state": state} if state else {})}
    response = HttpResponse(status=302)
    response.headers["Location"] = add_query_params(redirect_uri, said)
    return response


def _invalid(error: str, detail: str) -> HttpResponse:
    return _private(JsonResponse({"error": error, "error_description": detail}, status=400))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


@methods("GET", "POST")
def not_offered(request: HttpRequest) -> HttpResponse:
    """Answer what allauth names in its metadata and is not offered here."""
    raise Http404


class _LogOut(theirs.LogoutView):  # type: ignore[misc]
    """Asks whether to log out, and again if the answer was too old."""

    def render_to_response(self, context: dict[str, Any], **shown: Any) -> HttpResponse:
        """Return the page, which may lead to what the app has registered."""
        context["problem"] = getattr(self.request, "why_anew", None)
        response = super().render_to_response(context, **shown)
        return as_page(response, app=context["form"].cleaned_data.get("client"))


@methods("GET", "POST")
@csrf_exempt
def log_out(request: HttpRequest) -> HttpResponse:
    """
    Log the user out of an app, and of this browser if they want (OpenID Connect RP-Initiated Logout).

    An app may send its user here by a form of its own, which can have no token: that asks as a link does.
    """
    if _has_odd(request.GET) or _has_odd(request.POST):
        return show_error(request, "A parameter cannot be read.")
    if request.method == "POST" and (reason := find_forgery(request)):
        _drop_answer(request, reason)
    response = _LogOut.as_view()(request)
    return response if hasattr(response, "is_page") else as_page(response)


def _drop_answer(request: HttpRequest, reason: str) -> None:
    """Make of an answer that was not the user's own a question, and tell who has given one why."""
    sent = request.POST.copy()
    if sent.pop("action", None) and sent.pop("csrfmiddlewaretoken", None):
        request.why_anew = why_anew(reason)  # type: ignore[attr-defined]
    request.POST = sent  # type: ignore[assignment]


def metadata(request: HttpRequest) -> HttpResponse:
    """Tell what OAuth offers here (RFC 8414; OpenID Connect Discovery)."""
    response: HttpResponse = theirs.configuration(request)
    response.headers["Cache-Control"] = f"public, max-age={settings.IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN}"
    return response
