"""Second factors: set up and used by an app's client, and on the hosted page."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connections
from django.test import Client

from modules.accounts.models import Session
from tests.accounts.kit import hidden, log_in
from tests.accounts.second_factors import APP, half, log_in_half, secret, send_code, session
from tests.kit.http import Http
from tests.kit.people import PASSWORD
from tests.kit.totp import code_of

__all__ = ["half", "secret", "session"]  # fixtures

pytestmark = pytest.mark.django_db


class TestOfAnApp:
    def test_keeps_a_half_finished_log_in_out(self, http, half):
        assert http("GET", "/v1/me", X_Session_Token=half).status == 401
        assert Session.objects.exclude(user=None).count() == 1  # the one that set it up

    def test_finishes_it(self, http, half, secret, ada):
        answer = send_code(http, half, code_of(secret))

        assert (answer.status, answer.body["data"]["user"]["id"]) == (200, str(ada.id))

    def test_takes_no_code_a_second_time(self, http, half, secret):
        with time_machine.travel(time.time(), tick=False):
            assert send_code(http, half, code_of(secret)).status == 200
            again = http("POST", f"{APP}/auth/login", {"username": "ada", "password": PASSWORD})

            assert send_code(http, again.body["meta"]["session_token"], code_of(secret)).status == 400

    def test_is_kept_encrypted_and_outlives_a_new_key(self, http, half, secret, settings):
        from allauth.mfa.models import Authenticator

        kept = str(Authenticator.objects.get(type="totp").data)
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key" * 5

        assert secret not in kept
        # The half-done log-in was signed by nobody: it stands in the directory.
        assert send_code(http, half, code_of(secret)).status == 200

    def test_takes_a_code_once_without_redis_too(self, http, half, secret, stack):
        stack.stop_redis()

        assert send_code(http, half, code_of(secret)).status == 200
        assert send_code(http, log_in_half(http), code_of(secret)).status == 400

    def test_is_set_up_once_by_many_at_once(self, http, session):
        path = f"{APP}/account/authenticators/totp"
        http("POST", f"{APP}/auth/reauthenticate", {"password": PASSWORD}, X_Session_Token=session)
        secret = http("GET", path, X_Session_Token=session).body["meta"]["secret"]

        def activate(_: int) -> int:
            try:
                return Http()("POST", path, {"code": code_of(secret)}, X_Session_Token=session).status
            finally:
                connections.close_all()

        with ThreadPoolExecutor(6) as pool:
            statuses = sorted(pool.map(activate, range(6)))

        assert statuses[0] == 200
        assert set(statuses[1:]) <= {400, 409}

    def test_is_refused_with_a_wrong_code(self, http, half):
        assert send_code(http, half, "000000").status == 400

    def test_is_finished_by_a_recovery_code_that_then_is_spent(self, http, session, secret, half):
        codes = http("GET", f"{APP}/account/authenticators/recovery-codes", X_Session_Token=session)
        code = codes.body["data"]["unused_codes"][0]

        assert send_code(http, half, code).status == 200
        again = http("POST", f"{APP}/auth/login", {"username": "ada", "password": PASSWORD})
        assert send_code(http, again.body["meta"]["session_token"], code).status == 400


class TestOnThePage:
    def test_is_asked_for_and_lets_in(self, http, session, secret):
        codes = http("GET", f"{APP}/account/authenticators/recovery-codes", X_Session_Token=session)
        browser = Client(enforce_csrf_checks=True)

        asked = log_in(browser)
        assert asked["Location"].startswith("/identity/second-factor")
        page = browser.get(asked["Location"]).content.decode()
        body = {
            "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
            "next": hidden(page, "next"),
        }
        wrong = browser.post("/identity/second-factor", body | {"code": "000000"})
        right = browser.post(
            "/identity/second-factor", body | {"code": codes.body["data"]["unused_codes"][0]}
        )

        assert (wrong.status_code, right.status_code) == (400, 302)
        assert "You are logged in" in browser.get(right["Location"]).content.decode()

    def test_is_not_shown_to_who_has_not_logged_in(self, db):
        assert Client().get("/identity/second-factor")["Location"].startswith("/identity/login")
