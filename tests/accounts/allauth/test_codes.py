"""Codes by mail: to verify an address, and to get a new password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from modules.accounts.models import Session, User
from modules.accounts.services.account_status import forget_pending_accounts
from modules.kernel import clock
from modules.mail.models import Mail
from modules.mail.services.sending import forget_old_mails
from tests.accounts.kit import code_in
from tests.kit.delivery import drain
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db

AUTH = "/auth/app/v1/auth"
NEW = "quite another password"


def without_ids(answer) -> tuple[int, object]:
    body = {name: part for name, part in answer.body.items() if name != "meta"}
    return answer.status, body


class TestVerification:
    @pytest.fixture(autouse=True)
    def _mandatory(self, settings):
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
        settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True

    def test_keeps_a_new_account_out_until_the_code_is_sent_back(self, http, sign_up, db, mailoutbox):
        pending = sign_up()
        token = pending.body["meta"]["session_token"]
        assert pending.status == 401
        assert http("GET", "/v1/me", X_Session_Token=token).status == 401

        done = http("POST", f"{AUTH}/email/verify", {"key": code_in(mailoutbox)}, X_Session_Token=token)

        assert done.status == 200
        entered = http("GET", "/v1/me", X_Session_Token=done.body["meta"]["session_token"])
        assert entered.body["data"]["username"] == "ada"

    def test_refuses_a_wrong_code(self, http, sign_up, db):
        token = sign_up().body["meta"]["session_token"]

        answer = http("POST", f"{AUTH}/email/verify", {"key": "WRONG1"}, X_Session_Token=token)

        assert answer.status == 400
        assert Session.objects.exclude(user=None).count() == 0

    def test_does_not_tell_whether_an_address_is_taken(self, ada, sign_up, mailoutbox):
        taken = sign_up("grace", email="ada@example.org")
        free = sign_up("vera", email="vera@example.org")

        assert taken.status == free.status == 401
        assert taken.body["data"] == free.body["data"]
        drain()
        assert [mail.to for mail in mailoutbox] == [["ada@example.org"], ["vera@example.org"]]

    def test_that_never_comes_gives_the_username_free_after_a_day(self, ada, http, sign_up):
        sign_up("grace", email="nobody@example.org")
        sign_up("vera", email="ada@example.org")
        half_a_day, day = (clock.now() + timedelta(hours=hours) for hours in (12, 25))

        forgotten = [forget_pending_accounts(now=now) for now in (half_a_day, day, day)]

        assert forgotten == [0, 2, 0]
        assert list(User.objects.values_list("username", flat=True)) == ["ada"]
        assert sign_up("grace").status == 401

    def test_is_mailed_anew_at_a_log_in(self, http, sign_up, mailoutbox):
        sign_up()
        drain()

        asked = http("POST", f"{AUTH}/login", {"username": "ada", "password": PASSWORD})
        body = {"key": code_in(mailoutbox)}
        done = http("POST", f"{AUTH}/email/verify", body, X_Session_Token=asked.body["meta"]["session_token"])

        assert (asked.status, done.status, len(mailoutbox)) == (401, 200, 2)


class TestReset:
    def ask(self, http, email: str):
        return http("POST", f"{AUTH}/password/request", {"email": email})

    def test_gives_a_new_password_for_the_code(self, http, ada, mailoutbox):
        asked = self.ask(http, "ada@example.org")
        token = asked.body["meta"]["session_token"]

        body = {"key": code_in(mailoutbox), "password": NEW}
        done = http("POST", f"{AUTH}/password/reset", body, X_Session_Token=token)
        again = http("POST", f"{AUTH}/password/reset", body, X_Session_Token=token)

        assert (asked.status, done.status in (200, 401), again.status) == (401, True, 409)
        assert http("POST", f"{AUTH}/login", {"username": "ada", "password": PASSWORD}).status == 400
        assert http("POST", f"{AUTH}/login", {"username": "ada", "password": NEW}).status == 200

    def test_does_not_tell_whether_an_address_is_known(self, http, ada, mailoutbox):
        known, unknown = (self.ask(http, f"{name}@example.org") for name in ("ada", "nobody"))

        assert without_ids(known) == without_ids(unknown)

    @pytest.mark.parametrize("key", ["-k}F@", "\ud83d", "x" * 5000, ""])
    def test_refuses_what_is_no_code(self, http, ada, key):
        headers = {"X_Password_Reset_Key": key} if key.isascii() and len(key) < 100 else {}

        assert http("GET", f"{AUTH}/password/reset", **headers).status in (400, 409)
        assert http("POST", f"{AUTH}/password/reset", {"key": key, "password": NEW}).status in (400, 409)


class TestMail:
    """What is written down with the request, and sent by a worker."""

    def test_waits_until_it_is_sent_and_is_then_forgotten(self, sign_up, db, mailoutbox):
        sign_up()
        waiting = list(Mail.objects.values_list("to", flat=True))
        assert (waiting, len(mailoutbox)) == (["ada@example.org"], 0)

        drain()

        assert (Mail.objects.count(), [mail.to for mail in mailoutbox]) == (0, [["ada@example.org"]])
        assert mailoutbox[0].from_email == settings.DEFAULT_FROM_EMAIL
        assert mailoutbox[0].subject.startswith("[Banyan] ")
        assert "testserver" not in mailoutbox[0].body

    def test_is_sent_once_though_delivered_twice(self, sign_up, db, mailoutbox):
        sign_up()

        drain(times=2)

        assert len(mailoutbox) == 1

    def test_that_nobody_takes_is_forgotten_in_the_end(self, sign_up, db):
        sign_up()

        early = forget_old_mails(now=clock.now())
        late = forget_old_mails(now=clock.now() + timedelta(days=2))

        assert (early, late, Mail.objects.count()) == (0, 1, 0)
