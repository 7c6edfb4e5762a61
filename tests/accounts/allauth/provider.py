"""Another provider of OpenID Connect, and the way of a browser by it; the fixture is imported by name."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client

from config.settings.accounts import social
from tests.kit.http import Http
from tests.kit.people import PASSWORD
from tests.kit.stub import answering

AUTH = "/auth/browser/v1"
APP = {
    "provider": "openid_connect",
    "provider_id": "odd",
    "name": "Odd",
    "client_id": "banyan",
    "secret": "x",
}
ADA = {"sub": "ada-there", "email": "ada@example.com", "email_verified": True}


class Odd:
    """A provider of OpenID Connect that says whatever it was told to."""

    def __init__(self, url: str) -> None:
        self.userinfo: Any = ADA
        self.token: Any = {"access_token": "a", "token_type": "Bearer"}
        self.configuration: Any = {
            "issuer": url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "userinfo_endpoint": f"{url}/userinfo",
            "jwks_uri": f"{url}/keys",
        }
        self.url = url

    def decide(self, asked):
        said = {"/token": self.token, "/userinfo": self.userinfo, "/keys": {"keys": []}}
        return 200, {}, said.get(asked.path, self.configuration)

    def id_token(self, **claims: Any) -> str:
        """Of this the signature is not looked at, for the provider hands it out itself."""
        said = {"iss": self.url, "aud": "banyan", "exp": 4_000_000_000, **claims}
        return jwt.encode(said, "k" * 32, algorithm="HS256")


@pytest.fixture
def odd(settings, db):
    with answering() as stub:
        odd = Odd(stub.url)
        stub.decide = odd.decide
        app = APP | {"settings": {"server_url": stub.url}}
        settings.SOCIALACCOUNT_PROVIDERS = social([app])["SOCIALACCOUNT_PROVIDERS"]
        yield odd


def start(browser: Client, back: str = "/welcome"):
    body = {"provider": "odd", "process": "login", "callback_url": back}
    return browser.post(f"{AUTH}/auth/provider/redirect", body)


def come(browser: Client, back: str = "/welcome"):
    """Log in by the provider; return where the browser is led back to."""
    sent = parse_qs(urlsplit(start(browser, back)["Location"]).query)
    return browser.get(urlsplit(sent["redirect_uri"][0]).path, {"code": "c", "state": sent["state"][0]})


def log_in(http: Http) -> str:
    """Log Ada in by her password, and show it again; return her session's token."""
    sent = {"username": "ada", "password": PASSWORD}
    token = str(http("POST", "/auth/app/v1/auth/login", sent).body["meta"]["session_token"])
    http("POST", "/auth/app/v1/auth/reauthenticate", {"password": PASSWORD}, X_Session_Token=token)
    return token
