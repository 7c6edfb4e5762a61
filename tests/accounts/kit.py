"""What tests of accounts have in common: callers, apps, and the steps of OAuth."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from modules.accounts.models import SpentToken
from modules.accounts.schemas import NewApp
from modules.accounts.services.apps import register_app
from modules.accounts.services.principals import forget_kept
from modules.accounts.services.sessions import issue_session_token
from modules.kernel import clock
from tests.kit.delivery import drain
from tests.kit.http import Http
from tests.kit.people import PASSWORD

BACK = "https://reader.example.org/back"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPES = "openid read:profiles write:posts"
APP = {
    "name": "Reader",
    "type": "confidential",
    "redirect_uris": ["https://reader.example.org/back"],
    "scopes": ["read:profiles", "openid"],
    "grant_types": ["authorization_code", "refresh_token"],
}
TOKEN, REVOKE = "/identity/o/api/token", "/identity/o/api/revoke"
AUTHORIZE, USERINFO, LOG_OUT = "/identity/o/authorize", "/identity/o/api/userinfo", "/identity/o/logout"
KEY = {"name": "nightly", "scopes": ["read:profiles"]}


def caller_of(http: Http, user_id: int):
    """Return requests of a user's own app."""
    token = issue_session_token(user_id, now=clock.now())
    return lambda method, path, body=None, **headers: http(
        method, path, body, X_Session_Token=token, **headers
    )


def make_app(owner_id: int, **changes):
    body = {
        "name": "Reader",
        "type": "confidential",
        "redirect_uris": [BACK, "http://127.0.0.1/back"],
        "scopes": [*SCOPES.split(), "email", "profile"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
    }
    new = NewApp.model_validate(body | changes)
    return register_app(owner_id, new, now=clock.now(), once=None)


def log_in(browser: Client, **changes: str):
    page = browser.get("/identity/login").content.decode()
    body = {"login": "ada", "password": PASSWORD, "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")}
    return browser.post("/identity/login", body | changes)


def hidden(page: str, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert match, page
    return match[1]


def asking(app, **changes: str | None) -> str:
    sent = {
        "response_type": "code",
        "client_id": app.id,
        "redirect_uri": BACK,
        "scope": SCOPES,
        "state": "xyz",
        "nonce": "n-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changes
    return "/identity/o/authorize?" + urlencode({name: value for name, value in sent.items() if value})


def consent(
    browser: Client, app, *, action: str = "grant", scopes: str = SCOPES, **changes: str | None
) -> dict[str, str]:
    page = browser.get(asking(app, scope=scopes, **changes)).content.decode()
    body = {
        "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
        "request": hidden(page, "request"),
        "scopes": scopes.split(),
        "action": action,
    }
    answer = browser.post("/identity/o/authorize", body)
    assert answer.status_code == 302, answer.content
    return {name: value for name, [value] in parse_qs(urlsplit(answer["Location"]).query).items()}


def fetch(app, **sent: str | None):
    body = {
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "client_id": app.id,
        "client_secret": app.secret,
        "code_verifier": VERIFIER,
    } | sent
    return Client().post("/identity/o/api/token", {name: part for name, part in body.items() if part})


def refresh(app, token: str):
    return fetch(app, grant_type="refresh_token", refresh_token=token, redirect_uri=None, code_verifier=None)


def let_seconds_pass() -> None:
    """Let the time be over in which a client may have lost an answer."""
    SpentToken.objects.update(answer_until=clock.now())


def me(token: str) -> int:
    forget_kept()
    return Client().get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def silently(browser: Client, app, **changes: str | None) -> dict[str, str]:
    """Ask for a code that the user does not see; return what the app hears."""
    answer = browser.get(asking(app, prompt="none", **changes))
    assert answer.status_code == 302, answer.content
    return {name: value for name, [value] in parse_qs(urlsplit(answer["Location"]).query).items()}


def heard(answer) -> dict[str, str]:
    """Return what the app hears, or the status of a page that the user sees instead."""
    if not answer.headers.get("Location", "").startswith(BACK):
        return {"error": f"page {answer.status_code}"}
    return {name: value for name, [value] in parse_qs(urlsplit(answer["Location"]).query).items()}


def ask(browser, app, **changes: str | None):
    return browser.get(asking(app, **changes))


def age(browser: Client, *, seconds: int) -> None:
    """Make the log-in of a browser older."""
    session = browser.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= seconds
    session.modified = True
    session.save()


def said_in(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


def make_key(caller, app, **changes):
    return caller("POST", f"/v1/apps/{app['id']}/keys", KEY | changes)


class CountingHasher(MD5PasswordHasher):
    """Counts what it is asked to do; it is a hasher as any other."""

    algorithm = "counting"
    count = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).count += 1
        return super().encode(password, salt)


def code_in(mailoutbox) -> str:
    drain()
    match = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mailoutbox[-1].body, re.MULTILINE)
    assert match, mailoutbox[-1].body
    return match[1]


def log_in_by_app(http, password: str, **name: str):
    return http("POST", "/auth/app/v1/auth/login", {**name, "password": password})


def addresses_of(username: str) -> list[tuple[str, bool, bool]]:
    rows = EmailAddress.objects.filter(user__username=username).order_by("id")
    return list(rows.values_list("email", "verified", "primary"))
