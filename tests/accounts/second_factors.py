"""What an authenticator app shows, and log-ins of somebody who has one; the fixtures are imported by name."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

import pytest
import time_machine

from tests.accounts.kit import PASSWORD

APP = "/auth/app/v1"


def code_of(secret: str) -> str:
    """The code of now (RFC 6238), as an authenticator app shows it."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFF_FFFF
    return f"{number % 1_000_000:06d}"


@pytest.fixture
def session(http, ada):
    answer = http("POST", f"{APP}/auth/login", {"username": "ada", "password": PASSWORD})
    return answer.body["meta"]["session_token"]


@pytest.fixture
def secret(http, session):
    """The secret of a second factor that Ada has set up."""
    offered = http("GET", f"{APP}/account/authenticators/totp", X_Session_Token=session)
    assert offered.status == 404
    secret = offered.body["meta"]["secret"]

    def activate():
        path = f"{APP}/account/authenticators/totp"
        # Two steps ago: the code is used up by this, and that of now is for the test.
        with time_machine.travel(time.time() - 60):
            return http("POST", path, {"code": code_of(secret)}, X_Session_Token=session)

    asked = activate()
    assert (asked.status, asked.body["data"]["flows"][0]) == (401, {"id": "reauthenticate"})
    http("POST", f"{APP}/auth/reauthenticate", {"password": PASSWORD}, X_Session_Token=session)
    done = activate()
    assert done.status == 200, done.body
    return secret


@pytest.fixture
def half(http, secret):
    """A log-in that waits for its second factor."""
    return log_in_half(http)


def log_in_half(http) -> str:
    answer = http("POST", f"{APP}/auth/login", {"username": "ada", "password": PASSWORD})
    assert answer.status == 401
    assert "mfa_authenticate" in [flow["id"] for flow in answer.body["data"]["flows"]]
    return str(answer.body["meta"]["session_token"])


def send_code(http, half: str, code: str):
    return http("POST", f"{APP}/auth/2fa/authenticate", {"code": code}, X_Session_Token=half)
