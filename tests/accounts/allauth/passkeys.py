"""People who set up passkeys and log in by them; the fixtures are imported by name."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from tests.accounts.authenticator import AT, UP, SoftKey
from tests.kit.http import Http
from tests.kit.people import PASSWORD

APP = "/auth/app/v1"
KEYS = f"{APP}/account/authenticators/webauthn"
LOG_IN = f"{APP}/auth/webauthn/login"
SECOND = f"{APP}/auth/webauthn/authenticate"
AGAIN = f"{APP}/auth/webauthn/reauthenticate"


@pytest.fixture(autouse=True)
def domain(settings) -> None:
    settings.PASSKEY_DOMAIN = "localhost"


class Somebody:
    """A person with a session in which the password was shown just now, and the keys that they set up."""

    def __init__(self, http: Http, name: str) -> None:
        self.http, self.name = http, name
        EmailAddress.objects.filter(user__username=name).update(verified=True)
        self.session = self.log_in().body["meta"]["session_token"]
        self("POST", f"{APP}/auth/reauthenticate", {"password": PASSWORD})

    def __call__(self, method: str, path: str, body=None):
        return self.http(method, path, body, X_Session_Token=self.session)

    def log_in(self):
        return self.http("POST", f"{APP}/auth/login", {"username": self.name, "password": PASSWORD})

    def begin(self, path: str):
        """Return the options of a ceremony in this person's session."""
        data = self("GET", path).body["data"]
        return data.get("request_options") or data["creation_options"]

    def add(self, key: SoftKey, *, passwordless: bool, **made):
        """Set a key up."""
        options = self.begin(f"{KEYS}?passwordless" if passwordless else KEYS)
        return self("POST", KEYS, {"name": "Key", "credential": key.make(options, **made)})


@pytest.fixture
def ada(http, ada) -> Somebody:
    return Somebody(http, "ada")


@pytest.fixture
def mallory(http, make_account) -> Somebody:
    make_account("mallory", email="mallory@example.org", password=PASSWORD)
    return Somebody(http, "mallory")


@pytest.fixture
def passkey(ada) -> SoftKey:
    """What logs Ada in by itself."""
    key = SoftKey()
    assert ada.add(key, passwordless=True).status == 200
    return key


@pytest.fixture
def touch(ada) -> SoftKey:
    """Ada's second factor: a key that asks for a touch, and for no PIN."""
    key = SoftKey()
    assert ada.add(key, passwordless=False, flags=UP | AT).status == 200
    return key


def begin_log_in(http: Http):
    answer = http("GET", LOG_IN)
    return answer.body["meta"]["session_token"], answer.body["data"]["request_options"]


def log_in(http: Http, key: SoftKey, **shown):
    session, options = begin_log_in(http)
    return http("POST", LOG_IN, {"credential": key.show(options, **shown)}, X_Session_Token=session)
