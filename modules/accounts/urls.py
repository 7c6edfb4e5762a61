"""Paths of accounts: under `/v1/` its resources, beside it OAuth and the pages it shows."""

import re
from collections.abc import Iterator
from typing import Any

from allauth.headless import urls as headless
from allauth.idp.oidc import views as provider
from allauth.urls import build_provider_urlpatterns
from django.urls import URLPattern, URLResolver, include, path

from modules.accounts.api.allauth import other_providers, replacements
from modules.accounts.api.allauth.fields import hold_forms_to_fields
from modules.accounts.api.apps import App, Apps, Audit, Grant, Grants, Key, Keys, Rotations, Secrets
from modules.accounts.api.oauth import endpoints
from modules.accounts.api.oauth.authorization import Authorization
from modules.accounts.api.pages import login_pages
from modules.accounts.api.sessions import Session, Sessions

hold_forms_to_fields()
replacements.install()
other_providers.install()

urlpatterns = [
    path("apps", Apps.as_view()),
    path("apps/<slug:app_id>", App.as_view()),
    path("apps/<slug:app_id>/secrets", Secrets.as_view()),
    path("apps/<slug:app_id>/keys", Keys.as_view()),
    path("apps/<slug:app_id>/keys/<id:key_id>", Key.as_view()),
    path("apps/<slug:app_id>/keys/<id:key_id>/rotations", Rotations.as_view()),
    path("apps/<slug:app_id>/audit", Audit.as_view()),
    path("me/sessions", Sessions.as_view()),
    path("me/sessions/<id:session_id>", Session.as_view()),
    path("me/apps", Grants.as_view()),
    path("me/apps/<slug:app_id>", Grant.as_view()),
]

# Under the names by which allauth looks for them.
_oauth = [
    path(".well-known/openid-configuration", endpoints.metadata, name="configuration"),
    path(".well-known/oauth-authorization-server", endpoints.metadata),
    path(".well-known/jwks.json", provider.jwks, name="jwks"),
    path("identity/o/authorize", Authorization.as_view(), name="authorization"),
    path("identity/o/api/token", endpoints.token, name="token"),
    path("identity/o/api/revoke", endpoints.revoke, name="revoke"),
    path("identity/o/api/userinfo", endpoints.user_info, name="userinfo"),
    path("identity/o/api/device", endpoints.not_offered, name="device_code"),
    path("identity/o/logout", endpoints.log_out, name="logout"),
]


def _offered(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Return allauth's paths but those of phone numbers: no account has one, and they would answer 500."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            entry.url_patterns[:] = _offered(entry.url_patterns)
    return [entry for entry in patterns if "phone" not in (getattr(entry, "name", None) or "")]


def _callbacks(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, Any, str]]:
    """
    Yield where other providers send a browser back to; allauth's pages that lead there are not ours.

    A path begins with the name of its provider, or takes it as an argument.
    """
    for entry in build_provider_urlpatterns() if patterns is None else patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _callbacks(entry.url_patterns, where)
        elif entry.name and entry.name.endswith("_callback"):
            # One of them is written as an expression.
            path_of = re.sub(r"\^\(\?P<(\w+)>\[\^/\]\+\)", r"<str:\1>", where)
            view = other_providers.only_configured(entry.callback, where.partition("/")[0])
            yield path_of, view, entry.name


# Its contract is a part of ours; by this name allauth looks where its paths stand, when ours is drawn.
_undrawn = path("openapi.yaml", endpoints.not_offered, name="openapi_yaml")

identity: list[URLPattern | URLResolver] = [
    path("auth/", include(([*_offered(headless.urlpatterns), _undrawn], headless.app_name))),
    path("", include(([path("", include((_oauth, "oidc")))], "idp"))),
    path("identity/login", login_pages.log_in, name="account_login"),
    path("identity/log-in-again", login_pages.log_in, name="account_reauthenticate"),
    path("identity/second-factor", login_pages.second_factor, name="mfa_authenticate"),
    path("identity/unverified", login_pages.unverified, name="account_email_verification_sent"),
    path("identity/logout", login_pages.log_out, name="account_logout"),
    path("identity/style.css", login_pages.style),
    *(path(f"identity/{at}", view, name=name) for at, view, name in _callbacks()),
]
