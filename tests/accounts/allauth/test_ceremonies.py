"""What each ceremony of a passkey may end, and how often."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connections

from tests.accounts.allauth.passkeys import (
    AGAIN,
    APP,
    KEYS,
    LOG_IN,
    SECOND,
    ada,
    begin_log_in,
    domain,
    log_in,
    mallory,
    passkey,
    touch,
)
from tests.accounts.authenticator import UP, SoftKey
from tests.kit.http import Http
from tests.kit.people import PASSWORD

__all__ = ["ada", "domain", "mallory", "passkey", "touch"]  # fixtures

pytestmark = pytest.mark.django_db


class TestPurpose:
    """A ceremony ends with what its own GET began."""

    @pytest.mark.parametrize("begun", [KEYS, AGAIN])
    def test_a_touch_for_another_ceremony_logs_nobody_in(self, touch, mallory, begun):
        if begun == AGAIN:
            mallory.add(SoftKey(), passwordless=False)
        shown = touch.show(mallory.begin(begun), flags=UP)

        assert mallory("POST", LOG_IN, {"credential": shown}).status == 400

    def test_a_touch_as_second_factor_logs_nobody_in(self, touch, mallory, http):
        mallory.add(SoftKey(), passwordless=False)
        mallory.session = mallory.log_in().body["meta"]["session_token"]
        shown = touch.show(mallory.begin(SECOND), flags=UP)

        assert mallory("POST", LOG_IN, {"credential": shown}).status == 400
        assert http("GET", "/v1/me", X_Session_Token=mallory.session).status == 401

    @pytest.mark.parametrize("begun", [LOG_IN, KEYS])
    def test_a_passkey_for_another_ceremony_ends_no_reauthentication(self, ada, passkey, begun):
        shown = passkey.show(ada.begin(begun))

        assert ada("POST", AGAIN, {"credential": shown}).status == 400

    def test_another_ceremony_begins_no_registration(self, ada, passkey):
        asked = ada.begin(f"{KEYS}?passwordless")["publicKey"]
        asked["challenge"] = ada.begin(AGAIN)["publicKey"]["challenge"]

        made = SoftKey().make({"publicKey": asked})

        refused = ada("POST", KEYS, {"name": "Key", "credential": made})
        assert (refused.status, refused.body["errors"][0]["param"]) == (400, "credential")
        assert Authenticator.objects.filter(type="webauthn").count() == 1

    def test_the_ways_that_are_meant_are_open(self, ada, passkey, http):
        half = ada.log_in().body["meta"]["session_token"]
        begun = http("GET", SECOND, X_Session_Token=half).body["data"]["request_options"]

        second = http("POST", SECOND, {"credential": passkey.show(begun, flags=UP)}, X_Session_Token=half)

        assert second.status == 200
        assert ada("POST", AGAIN, {"credential": passkey.show(ada.begin(AGAIN))}).status == 200
        assert log_in(http, passkey).status == 200

    def test_is_that_of_one_person(self, ada, passkey, mallory):
        theirs = SoftKey()
        mallory.add(theirs, passwordless=True)
        ada.session = ada.log_in().body["meta"]["session_token"]
        begun = ada.begin(SECOND)
        sent = {"username": "mallory", "password": PASSWORD}
        assert ada("POST", f"{APP}/auth/login", sent).status == 401

        assert ada("POST", SECOND, {"credential": theirs.show(begun)}).status == 400
        assert ada("POST", SECOND, {"credential": theirs.show(ada.begin(SECOND))}).status == 200

    def test_a_challenge_lives_ten_minutes(self, http, passkey):
        session, options = begin_log_in(http)

        with time_machine.travel(time.time() + 601):
            late = http("POST", LOG_IN, {"credential": passkey.show(options)}, X_Session_Token=session)

        assert late.status == 400


class TestSecondFactorOnly:
    """A key is good for what it was registered for, whatever it says later."""

    @pytest.mark.parametrize("flags", [UP, UP | 0x04])
    def test_logs_nobody_in_by_itself(self, http, touch, flags):
        assert log_in(http, touch, flags=flags).status == 400

    def test_stays_one_if_the_browser_says_that_it_is_more(self, http, ada):
        key = SoftKey()
        more = {"credProps": {"rk": True}}

        made = ada.add(key, passwordless=False, clientExtensionResults=more)

        assert (made.status, made.body["data"]["is_passwordless"]) == (200, False)
        assert log_in(http, key).status == 400

    def test_is_none_if_it_was_made_for_more(self, http, ada):
        key = SoftKey()

        made = ada.add(key, passwordless=True, clientExtensionResults={"credProps": {"rk": False}})

        assert (made.status, made.body["data"]["is_passwordless"]) == (200, True)
        assert log_in(http, key).status == 200
        assert log_in(http, key, flags=UP).status == 400


class TestOnce:
    @pytest.mark.parametrize("counts", [True, False])
    def test_one_answer_opens_one_session(self, http, ada, counts):
        key = SoftKey(counts=counts)
        ada.add(key, passwordless=True)
        session, options = begin_log_in(http)
        credential = key.show(options)

        def send(_: int) -> int:
            try:
                return Http()("POST", LOG_IN, {"credential": credential}, X_Session_Token=session).status
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as pool:
            statuses = sorted(pool.map(send, range(4)))

        assert statuses[0] == 200
        assert set(statuses[1:]) <= {400, 401}

    def test_one_answer_shows_somebody_again_once(self, ada):
        key = SoftKey(counts=False)
        ada.add(key, passwordless=True)
        credential = key.show(ada.begin(AGAIN))

        assert [ada("POST", AGAIN, {"credential": credential}).status for _ in range(2)] == [200, 400]

    def test_a_wrong_answer_uses_the_challenge_up(self, http, passkey):
        session, options = begin_log_in(http)
        wrong, right = passkey.show(options, signature="AAAA"), passkey.show(options)

        statuses = [
            http("POST", LOG_IN, {"credential": each}, X_Session_Token=session).status
            for each in (wrong, right)
        ]

        assert statuses == [400, 400]


class TestSignCount:
    def test_that_goes_back_is_of_a_copy(self, http, passkey):
        assert log_in(http, passkey).status == 200
        passkey.count = 1  # shown: 2, as before

        assert log_in(http, passkey).status == 400
        assert log_in(http, passkey).status == 200  # 3

    def test_of_the_registration_counts(self, http, passkey):
        passkey.count = 0

        assert log_in(http, passkey).status == 400

    def test_may_be_none(self, http, ada):
        key = SoftKey(counts=False)
        ada.add(key, passwordless=True)

        assert [log_in(http, key).status for _ in range(2)] == [200, 200]

    def test_is_not_given_up(self, http, passkey):
        passkey.counts, passkey.count = False, 0

        assert log_in(http, passkey).status == 400
