"""Codes of an authenticator app: one step of delay, and each step once (RFC 6238, 5.2)."""

from __future__ import annotations

import time

import pytest
import time_machine

from tests.accounts.second_factors import APP, half, log_in_half, secret, send_code, session
from tests.kit.people import PASSWORD
from tests.kit.totp import code_of

__all__ = ["half", "secret", "session"]  # fixtures

pytestmark = pytest.mark.django_db

STEP = 30


@pytest.fixture(autouse=True)
def start():
    """The first moment of a step, an hour ahead: all steps that setting up has used are long over."""
    return (time.time() // STEP + 120) * STEP


def at(moment: float):
    return time_machine.travel(moment, tick=False)


class TestStep:
    @pytest.mark.parametrize(("later", "status"), [(0, 200), (30.3, 200), (59.9, 200), (60, 400), (-1, 400)])
    def test_is_taken_until_one_more_is_over_and_not_before(self, http, secret, start, later, status):
        with at(start):
            code = code_of(secret)

        with at(start + later):
            assert send_code(http, log_in_half(http), code).status == status

    def test_is_taken_once_within_its_delay(self, http, secret, start):
        with at(start + 29):
            code = code_of(secret)
            assert send_code(http, log_in_half(http), code).status == 200

        with at(start + 31):
            assert send_code(http, log_in_half(http), code).status == 400
            assert send_code(http, log_in_half(http), f"{code[:3]}-{code[3:]}").status == 400
            assert send_code(http, log_in_half(http), code_of(secret)).status == 200

    def test_is_not_taken_after_a_later_one(self, http, secret, start):
        with at(start):
            earlier = code_of(secret)

        with at(start + 30):
            assert send_code(http, log_in_half(http), code_of(secret)).status == 200
            assert send_code(http, log_in_half(http), earlier).status == 400

    def test_is_used_up_by_setting_the_app_up(self, http, session, start):
        with at(start):
            secret = http("GET", f"{APP}/account/authenticators/totp", X_Session_Token=session).body["meta"]
            http(
                "POST",
                f"{APP}/auth/reauthenticate",
                {"password": PASSWORD},
                X_Session_Token=session,
            )
            sent = {"code": code_of(secret["secret"])}
            done = http("POST", f"{APP}/account/authenticators/totp", sent, X_Session_Token=session)

            assert done.status == 200
            assert send_code(http, log_in_half(http), sent["code"]).status == 400

    def test_is_used_up_by_reauthentication(self, http, session, secret, start):
        with at(start):
            sent = {"code": code_of(secret)}
            again = http("POST", f"{APP}/auth/2fa/reauthenticate", sent, X_Session_Token=session)

            assert again.status == 200
            assert send_code(http, log_in_half(http), sent["code"]).status == 400
