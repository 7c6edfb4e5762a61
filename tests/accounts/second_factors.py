"""Log-ins of somebody who has an authenticator app; the fixtures are imported by name."""

from __future__ import annotations

import time

import pytest
import time_machine

from tests.kit.people import PASSWORD
from tests.kit.totp import code_of

APP = "/auth/app/v1"


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
