"""What is no passkey is refused, wherever one may be shown."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db

AUTH = "/auth/app/v1"
SHOWN = {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA", "userHandle": "AAAA"}
MADE = {"clientDataJSON": "e30", "attestationObject": "oA"}
# CBOR that ends too early, and that goes too deep.
HEAD = bytes(32) + b"\x80" + bytes(4)
BROKEN = [
    {**SHOWN, "authenticatorData": base64.urlsafe_b64encode(HEAD + cbor).decode().rstrip("=")}
    for cbor in (b"\x1a\x00", b"\x81" * 20_000)
]
NONSENSE: list[Any] = [
    *(None, False, 0, "", "rubbish", [], {}, {"id": 1}, {"id": "AAAA"}, {"id": "AAAA", "response": []}),
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": SHOWN},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": MADE},
    {"id": "é!", "rawId": "é!", "type": "public-key", "response": SHOWN},
    {"id": [], "rawId": {}, "type": 7, "response": {"clientDataJSON": 7}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {**SHOWN, "clientDataJSON": "____"}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {**MADE, "attestationObject": "____"}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": SHOWN, "clientExtensionResults": 7},
    *({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": broken} for broken in BROKEN),
]


@pytest.fixture
def session(http, ada) -> str:
    """A session in which the password was shown just now."""
    token = http("POST", f"{AUTH}/auth/login", {"username": "ada", "password": PASSWORD}).body["meta"][
        "session_token"
    ]
    http("POST", f"{AUTH}/auth/reauthenticate", {"password": PASSWORD}, X_Session_Token=token)
    return str(token)


class TestNonsense:
    @pytest.mark.parametrize("credential", NONSENSE)
    @pytest.mark.parametrize("is_begun", [True, False])
    def test_is_not_set_up(self, http, session, credential, is_begun):
        path = f"{AUTH}/account/authenticators/webauthn"
        if is_begun:
            assert http("GET", f"{path}?passwordless", X_Session_Token=session).status == 200

        answer = http("POST", path, {"name": "Phone", "credential": credential}, X_Session_Token=session)

        assert answer.status in (400, 409), answer.body

    @pytest.mark.parametrize("credential", NONSENSE)
    @pytest.mark.parametrize("is_begun", [True, False])
    def test_logs_nobody_in(self, http, db, credential, is_begun):
        path = f"{AUTH}/auth/webauthn/login"
        headers = {}
        if is_begun:
            headers = {"X_Session_Token": http("GET", path).body["meta"]["session_token"]}

        answer = http("POST", path, {"credential": credential}, **headers)

        assert answer.status in (400, 409), answer.body

    @pytest.mark.parametrize("credential", NONSENSE)
    def test_shows_nobody_again(self, http, session, credential):
        path = f"{AUTH}/auth/webauthn/reauthenticate"
        http("GET", path, X_Session_Token=session)

        answer = http("POST", path, {"credential": credential}, X_Session_Token=session)

        assert answer.status in (400, 401, 409), answer.body
