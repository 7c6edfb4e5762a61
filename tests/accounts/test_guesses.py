"""Guesses at what belongs to a person: counted by the person, whatever carries them."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from django.test import Client

from modules.accounts.models import Session
from modules.kernel.limits import Limit
from tests.accounts.kit import hidden
from tests.accounts.kit import log_in as log_in_on_page
from tests.accounts.second_factors import APP, half, log_in_half, secret, send_code, session
from tests.kit.http import Http
from tests.kit.people import PASSWORD
from tests.kit.totp import code_of

__all__ = ["half", "secret", "session"]  # fixtures

pytestmark = pytest.mark.django_db

BROWSER = "/auth/browser/v1"


def in_base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


SAID = b'{"type": "webauthn.get", "challenge": "AAAA", "origin": "http://localhost"}'
SHOWN = {"clientDataJSON": in_base64(SAID), "authenticatorData": in_base64(bytes(37)), "signature": "AAAA"}
WRONG_PASSKEY = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": SHOWN}


@pytest.fixture
def limits(settings, secret):
    """Limits, from when the second factor is set up; those by address are of no concern here."""
    by_address = ("sign-in-step", "log-in-account", "log-in-address", "log-in")
    wide = [Limit(name, 100_000, 300) for name in by_address]
    settings.LIMITS = replace(settings.LIMITS, is_on=True).with_limits(*wide)


@pytest.fixture
def browser(http, secret):
    """A browser in which Ada is half-way in."""
    browser = Http()
    browser("GET", f"{BROWSER}/config")
    sent = {"username": "ada", "password": PASSWORD}
    assert browser("POST", f"{BROWSER}/auth/login", sent, X_CSRFToken=browser.csrf).status == 401
    return browser


def wrong_on_page(browser: Client) -> int:
    asked = log_in_on_page(browser)
    page = browser.get(asked["Location"]).content.decode()
    body = {"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"), "code": "000000"}
    return browser.post("/identity/second-factor", body).status_code


class TestSecondFactor:
    def test_may_be_wrong_ten_times_an_hour(self, http, half, limits):
        assert [send_code(http, half, "000000").status for _ in range(11)] == [400] * 10 + [429]

    def test_is_counted_over_all_half_finished_log_ins(self, http, limits):
        statuses = [send_code(http, log_in_half(http), "000000").status for _ in range(11)]

        assert statuses == [400] * 10 + [429]

    def test_is_counted_by_cookie_and_token_together(self, browser, limits):
        def send(**headers):
            sent = {"code": "000000"}
            path = f"{BROWSER}/auth/2fa/authenticate"
            return browser("POST", path, sent, X_CSRFToken=browser.csrf, **headers).status

        statuses = [send(X_Session_Token=f"x{number}") for number in range(10)]

        assert statuses == [400] * 10
        assert (send(), send(X_Session_Token="y")) == (429, 429)

    def test_is_counted_in_all_clients_together(self, http, session, half, browser, limits):
        wrong, path = {"code": "000000"}, "auth/2fa/authenticate"
        ways = [
            lambda: send_code(http, half, "000000").status,
            lambda: browser("POST", f"{BROWSER}/{path}", wrong, X_CSRFToken=browser.csrf).status,
            lambda: wrong_on_page(Client(enforce_csrf_checks=True)),
            lambda: http("POST", f"{APP}/auth/2fa/reauthenticate", wrong, X_Session_Token=session).status,
            lambda: (
                http(
                    "POST", f"{APP}/auth/reauthenticate", {"password": "wrong"}, X_Session_Token=session
                ).status
            ),
        ]

        assert [way() for way in ways * 2] == [400] * 10
        assert [way() for way in ways] == [429] * 5

    def test_counts_a_recovery_code_that_is_wrong(self, http, half, limits):
        assert [send_code(http, half, "AAAA-BBBB").status for _ in range(11)] == [400] * 10 + [429]

    def test_counts_a_passkey_that_is_wrong(self, http, half, limits):
        path = f"{APP}/auth/webauthn/authenticate"

        def send():
            return http("POST", path, {"credential": WRONG_PASSKEY}, X_Session_Token=half).status

        assert [send() for _ in range(11)] == [400] * 10 + [429]

    def test_counts_nothing_that_is_right(self, http, session, limits):
        def send():
            sent = {"password": PASSWORD}
            return http("POST", f"{APP}/auth/reauthenticate", sent, X_Session_Token=session).status

        assert [send() for _ in range(12)] == [200] * 12

    def test_refuses_a_right_code_too_once_used_up(self, http, half, secret, limits, settings):
        for _ in range(10):
            send_code(http, half, "000000")

        assert send_code(http, half, code_of(secret)).status == 429
        settings.LIMITS = replace(settings.LIMITS, is_on=False)
        assert send_code(http, half, code_of(secret)).status == 200

    def test_is_each_persons_own(self, http, half, limits, make_account):
        make_account("vera", password=PASSWORD)
        for _ in range(10):
            send_code(http, half, "000000")

        vera = http("POST", f"{APP}/auth/login", {"username": "vera", "password": PASSWORD})
        token = vera.body["meta"]["session_token"]
        sent = {"password": PASSWORD}
        assert http("POST", f"{APP}/auth/reauthenticate", sent, X_Session_Token=token).status == 200

    def test_is_counted_without_redis_too(self, http, half, limits, settings, stack):
        settings.LIMITS = replace(settings.LIMITS, processes=2)
        stack.stop_redis()

        assert [send_code(http, half, "000000").status for _ in range(6)] == [400] * 5 + [429]


class TestCurrentPassword:
    def test_may_be_wrong_as_often_as_a_second_factor(self, http, session, limits):
        def change():
            sent = {"current_password": "wrong", "new_password": "a longer walk home"}
            return http("POST", f"{APP}/account/password/change", sent, X_Session_Token=session).status

        assert [change() for _ in range(11)] == [400] * 10 + [429]


class TestMailedCode:
    @pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
    def test_is_tried_three_times_though_its_session_forgets(self, http, limits, email):
        asked = http("POST", f"{APP}/auth/password/request", {"email": email})
        token = asked.body["meta"]["session_token"]
        [row] = Session.objects.filter(user=None, data__contains="password_reset")

        def guess():
            sent = {"key": "AAAA-BBBB", "password": "a longer walk home"}
            status = http("POST", f"{APP}/auth/password/reset", sent, X_Session_Token=token).status
            # As a parallel request leaves it that has read the session earlier.
            Session.objects.filter(pk=row.pk).update(data=row.data)
            return status

        assert [guess() for _ in range(5)] == [400] * 3 + [429] * 2

    def test_is_counted_in_a_header_too(self, http, limits):
        asked = http("POST", f"{APP}/auth/password/request", {"email": "ada@example.org"})
        token = asked.body["meta"]["session_token"]
        [row] = Session.objects.filter(user=None, data__contains="password_reset")

        def guess():
            headers = {"X_Session_Token": token, "X_Password_Reset_Key": "AAAA-BBBB"}
            status = http("GET", f"{APP}/auth/password/reset", **headers).status
            Session.objects.filter(pk=row.pk).update(data=row.data)
            return status

        assert [guess() for _ in range(5)] == [400] * 3 + [429] * 2
