"""An app of a third party, and the steps of a person who lets it in."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx
from authlib.integrations.httpx_client import OAuth2Client
from playwright.sync_api import Page

from tests.kit.client import PASSWORD, Client

SCOPE = "openid read:profiles write:posts"
# Nothing listens there: the code is read from the address that the browser is sent to.
BACK = "http://127.0.0.1:9/back"


def register(owner: Client, **changes: Any) -> dict[str, Any]:
    body = {
        "name": "Forest reader",
        "type": "confidential",
        "redirect_uris": [BACK],
        "scopes": SCOPE.split(),
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
    }
    answer = owner.call("POST", "/v1/apps", body | changes)
    assert answer.status == 201, answer
    return dict(answer.body)


@dataclass
class App:
    """An app that a third party built on Authlib, which learns everything from the discovery document."""

    url: str
    registered: dict[str, Any]
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def __post_init__(self) -> None:
        self.metadata = httpx.get(f"{self.url}/.well-known/openid-configuration").json()
        self.client = OAuth2Client(
            self.registered["id"],
            self.registered["secret"],
            scope=SCOPE,
            redirect_uri=BACK,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if self.registered["secret"] else "none",
        )

    def ask(self) -> str:
        """Return the address to send the user to."""
        url, self.state = self.client.create_authorization_url(
            self.metadata["authorization_endpoint"], code_verifier=self.verifier, nonce="n-1"
        )
        return str(url)

    def fetch(self, back: str, **changes: Any) -> dict[str, Any]:
        """Change the code of an address for tokens."""
        words = {"authorization_response": back, "state": self.state, "code_verifier": self.verifier}
        return dict(self.client.fetch_token(self.metadata["token_endpoint"], **words | changes))

    def refresh(self, token: str) -> dict[str, Any]:
        return dict(self.client.refresh_token(self.metadata["token_endpoint"], refresh_token=token))

    def status(self, token: str | None = None) -> int:
        """Return what the API answers to a token."""
        headers = {"Authorization": f"Bearer {token or self.client.token['access_token']}"}
        return httpx.get(f"{self.url}/v1/me", headers=headers).status_code


def agree(url: str) -> str:
    """Log Ada in and let the app in, as a browser without scripts would; return where it is sent."""
    with httpx.Client(base_url=url.partition("/identity")[0]) as browser:
        page = browser.get(url, follow_redirects=True).text
        body = {"login": "ada", "password": PASSWORD} | _hidden(page)
        page = browser.post("/identity/login", data=body, follow_redirects=True).text
        scopes = re.findall(r'name="scopes" value="([^"]*)"', page)
        agreed: dict[str, Any] = {"scopes": scopes, "action": "grant", **_hidden(page)}
        return str(browser.post("/identity/o/authorize", data=agreed).headers["Location"])


def _hidden(page: str) -> dict[str, str]:
    fields = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {name: value.replace("&amp;", "&") for name, value in fields}


def log_in(page: Page) -> None:
    """Fill the form by its labels, and send it by the keyboard."""
    page.get_by_label("Username or email").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
