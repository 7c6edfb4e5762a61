"""Mails that strangers can have sent to anybody: so many to one person, all ways together."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import time_machine
from allauth.account.models import EmailAddress

from modules.accounts.models import Session
from modules.accounts.selectors.places import Place
from modules.accounts.services.places import remember_place
from modules.kernel import clock
from modules.kernel.limits import Limit
from modules.mail.models import Mail
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db

APP = "/auth/app/v1"
VICTIM = "vera@example.org"


@pytest.fixture(autouse=True)
def limits(settings):
    """Limits; those by address are of no concern here."""
    by_address = ("sign-in-step", "sign-up", "reset-address", "new-session")
    wide = [Limit(name, 100_000, 300) for name in by_address]
    settings.LIMITS = replace(settings.LIMITS, is_on=True).with_limits(*wide)


@pytest.fixture
def session(http, ada):
    answer = http("POST", f"{APP}/auth/login", {"username": "ada", "password": PASSWORD})
    token = answer.body["meta"]["session_token"]
    http("POST", f"{APP}/auth/reauthenticate", {"password": PASSWORD}, X_Session_Token=token)
    Mail.objects.all().delete()
    return token


class TestAllWays:
    def test_are_counted_together_and_answer_as_usual(self, http, ada, session, settings):
        """Sign-up, a new address, another mail to it, and a new password."""
        path = f"{APP}/account/email"
        sign_up = {"username": "vera", "email": VICTIM, "password": PASSWORD}
        assert http("POST", f"{APP}/auth/signup", sign_up).status == 200
        added = [http("POST", path, {"email": "v.era@example.org"}, X_Session_Token=session).status]
        again = [
            http("PUT", path, {"email": "v.era@example.org"}, X_Session_Token=session).status
            for _ in range(8)
        ]
        resets = [http("POST", f"{APP}/auth/password/request", {"email": VICTIM}).status for _ in range(8)]

        assert (added, again, resets) == ([200], [200] * 8, [401] * 8)
        assert Mail.objects.filter(to__in=[VICTIM, "v.era@example.org"]).count() <= 5


class TestReset:
    def test_reaches_its_owner_once_more_from_where_they_have_got_in(self, http, ada):
        remember_place(ada.id, Place("127.0.0.1"), now=clock.now())
        path = f"{APP}/auth/password/request"
        for _ in range(5):
            http.client.post(
                path, {"email": "ada@example.org"}, content_type="application/json", REMOTE_ADDR="203.0.113.1"
            )
        assert Mail.objects.count() == 4

        for _ in range(2):
            http("POST", path, {"email": "ada@example.org"})

        assert Mail.objects.count() == 5

    def test_over_the_limit_answers_as_usual_and_its_code_is_none(self, http, ada):
        path = f"{APP}/auth/password/request"
        answers = [http("POST", path, {"email": "ada@example.org"}) for _ in range(6)]

        assert [answer.status for answer in answers] == [401] * 6
        assert {frozenset(answer.body) for answer in answers} == {frozenset(answers[0].body)}
        mails = " ".join(Mail.objects.values_list("text", flat=True))
        states = [row.data for row in Session.objects.filter(user=None).order_by("id")]
        codes = [json.loads(state)["account_password_reset_verification"]["code"] for state in states]
        assert [code in mails for code in codes] == [True] * 4 + [False] * 2
        assert [len(code) > 40 for code in codes] == [False] * 4 + [True] * 2


class TestAddresses:
    def test_are_at_most_five_of_an_account(self, http, ada, session):
        def add(number):
            path = f"{APP}/account/email"
            sent = {"email": f"ada{number}@example.org"}
            return http("POST", path, sent, X_Session_Token=session).status

        assert [add(number) for number in range(6)] == [200] * 4 + [400] * 2
        assert EmailAddress.objects.filter(user_id=ada.id).count() == 5


class TestOpenSession:
    """A session that is nobody's."""

    def test_lives_half_an_hour(self, http, db):
        with time_machine.travel(clock.now(), tick=False):
            http("GET", f"{APP}/auth/webauthn/login")
            [session] = Session.objects.all()

            assert (session.expires_at - clock.now()).total_seconds() == 1800

    def test_leaves_a_cookie_for_as_long(self, http, db):
        http("GET", "/auth/browser/v1/auth/webauthn/login")

        assert http.client.cookies["sid"]["max-age"] == 1800

    def test_lives_on_once_somebody_is_logged_in(self, http, ada):
        http("POST", f"{APP}/auth/login", {"username": "ada", "password": PASSWORD})
        [session] = Session.objects.all()

        assert (session.expires_at - session.created_at).days in (29, 30)

    @pytest.mark.parametrize("client", ["app", "browser"])
    def test_is_opened_so_often_from_one_address(self, http, settings, client):
        settings.LIMITS = settings.LIMITS.with_limits(Limit("new-session", 3, 300))

        def ask():
            http.client.cookies.clear()
            return http("GET", f"/auth/{client}/v1/auth/webauthn/login").status

        assert [ask() for _ in range(5)] == [200] * 3 + [429] * 2
        assert Session.objects.count() == 3

    def test_is_not_counted_at_a_log_in(self, http, ada, settings):
        settings.LIMITS = settings.LIMITS.with_limits(Limit("new-session", 1, 300))

        for _ in range(3):
            answer = http("POST", f"{APP}/auth/login", {"username": "ada", "password": PASSWORD})
            assert answer.status == 200
