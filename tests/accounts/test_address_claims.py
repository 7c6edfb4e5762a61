"""Addresses that were only said to be somebody's, where nobody has to verify them: they claim nothing."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.db import connections

from modules.accounts.models import User
from modules.accounts.services.sessions import issue_session_token
from modules.kernel import clock
from modules.kernel.redis.servers import redis
from modules.mail.models import Mail
from tests.accounts.kit import addresses_of, log_in_by_app
from tests.kit.http import Http
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db

A = "/auth/app/v1"
SHARED = "ben@example.org"
BENS = "a password of ben"


@pytest.fixture
def squatter(ada, http):
    """Ada, who has added Ben's address and cannot verify it."""
    EmailAddress.objects.create(user_id=ada.id, email=SHARED)
    return ada


def sign_ben_up(http):
    body = {"username": "ben", "email": SHARED, "password": BENS}
    return http("POST", f"{A}/auth/signup", body)


def verify(http, email: str, username: str):
    address = EmailAddress.objects.get(email=email, user__username=username)
    token = issue_session_token(address.user_id, now=clock.now())
    key = EmailConfirmationHMAC(address).key
    return http("POST", f"{A}/auth/email/verify", {"key": key}, X_Session_Token=token)


class TestSignUp:
    def test_works_with_an_address_that_somebody_added(self, squatter, http):
        assert sign_ben_up(http).status == 200
        assert addresses_of("ben") == [(SHARED, False, True)]

    def test_works_with_an_address_that_somebody_signed_up_with(self, http, sign_up):
        sign_up("ada", email=SHARED)

        assert sign_ben_up(http).status == 200

    def test_is_refused_with_one_that_somebody_verified(self, http, make_account):
        make_account("vera", email=SHARED, password=PASSWORD)

        answer = sign_ben_up(http)

        [error] = answer.body["errors"]
        assert (answer.status, error["param"], error["code"]) == (400, "email", "email_taken")
        assert not User.objects.filter(username="ben").exists()


class TestLogIn:
    def test_by_an_address_is_for_who_signed_up_with_it(self, squatter, http):
        sign_ben_up(http)

        assert log_in_by_app(http, BENS, email=SHARED).body["data"]["user"]["username"] == "ben"
        assert log_in_by_app(http, PASSWORD, email=SHARED).status == 400

    def test_finds_the_right_one_of_two_who_signed_up_with_it(self, http, sign_up):
        sign_up("ada", email=SHARED)
        sign_ben_up(http)

        found = [log_in_by_app(http, password, email=SHARED).body for password in (BENS, PASSWORD)]

        assert [body["data"]["user"]["username"] for body in found] == ["ben", "ada"]

    def test_is_for_the_one_who_verified_it_once_there_is_one(self, http, sign_up):
        sign_up("ada", email=SHARED)
        sign_ben_up(http)
        verify(http, SHARED, "ben")

        assert log_in_by_app(http, BENS, email=SHARED).status == 200
        assert log_in_by_app(http, PASSWORD, email=SHARED).status == 400
        assert log_in_by_app(http, PASSWORD, username="ada").status == 200


class TestReset:
    def ask(self, http) -> str:
        Mail.objects.all().delete()
        http("POST", f"{A}/auth/password/request", {"email": SHARED})
        [mail] = Mail.objects.all()
        assert mail.to == SHARED
        return str(mail.text)

    def has_code(self, text: str) -> bool:
        return bool(re.search(r"^[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}\s*$", text, re.MULTILINE))

    def test_mails_no_code_for_an_account_that_only_added_the_address(self, squatter, http):
        assert not self.has_code(self.ask(http))

    def test_mails_the_code_of_who_signed_up_with_it(self, squatter, http):
        sign_ben_up(http)

        asked = http("POST", f"{A}/auth/password/request", {"email": SHARED})
        held = {"X_Session_Token": asked.body["meta"]["session_token"]}
        text = Mail.objects.filter(to=SHARED).order_by("-id").values_list("text", flat=True)[0]
        code = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", text, re.MULTILINE)
        assert code
        http("POST", f"{A}/auth/password/reset", {"key": code[1], "password": "an altered password"}, **held)

        assert log_in_by_app(http, "an altered password", username="ben").status == 200
        assert log_in_by_app(http, PASSWORD, username="ada").status == 200

    def test_mails_that_of_who_has_got_in_from_here_where_strangers_signed_up_too(self, http, settings):
        settings.TRUSTED_PROXIES = 1
        for number in range(4):
            body = {"username": f"mallory_{number}", "email": SHARED, "password": PASSWORD}
            assert http("POST", f"{A}/auth/signup", body, X_Forwarded_For="203.0.113.9").status == 200
        sign_ben_up(http)

        assert self.has_code(self.ask(http))
        assert log_in_by_app(http, BENS, email=SHARED).status == 200

    def test_mails_none_where_two_signed_up_with_it(self, http, sign_up):
        sign_up("ada", email=SHARED)
        sign_ben_up(http)

        assert not self.has_code(self.ask(http))

    def test_mails_that_of_who_verified_it(self, http, sign_up):
        sign_up("ada", email=SHARED)
        sign_ben_up(http)
        verify(http, SHARED, "ben")

        assert self.has_code(self.ask(http))


class TestVerifying:
    def test_takes_the_address_from_who_only_added_it(self, squatter, http):
        sign_ben_up(http)

        assert verify(http, SHARED, "ben").status in (200, 401)

        assert addresses_of("ben") == [(SHARED, True, True)]
        assert addresses_of("ada") == [("ada@example.org", True, True)]

    def test_takes_it_from_who_signed_up_with_it_and_leaves_the_account(self, http, sign_up):
        sign_up("ada", email=SHARED)
        sign_ben_up(http)

        verify(http, SHARED, "ben")

        assert (addresses_of("ada"), User.objects.get(username="ada").email) == ([], None)
        assert log_in_by_app(http, PASSWORD, username="ada").status == 200

    def test_comes_too_late_for_the_other_one(self, http, sign_up):
        sign_up("ada", email=SHARED)
        late = EmailConfirmationHMAC(EmailAddress.objects.get(user__username="ada")).key
        sign_ben_up(http)
        verify(http, SHARED, "ben")

        token = issue_session_token(User.objects.get(username="ada").id, now=clock.now())
        assert http("POST", f"{A}/auth/email/verify", {"key": late}, X_Session_Token=token).status == 400
        assert list(EmailAddress.objects.values_list("user__username", "verified")) == [("ben", True)]

    @pytest.mark.parametrize("reader", [None, "ben"])
    def test_by_a_link_is_for_the_account_that_asked_and_is_logged_in(self, http, sign_up, reader):
        sign_up("ada", email=SHARED)
        sign_ben_up(http)
        mailed = EmailConfirmationHMAC(EmailAddress.objects.get(user__username="ada")).key
        token = reader and issue_session_token(User.objects.get(username=reader).id, now=clock.now())
        held = {"X_Session_Token": token} if token else {}

        assert http("POST", f"{A}/auth/email/verify", {"key": mailed}, **held).status == 401

        assert addresses_of("ada") == addresses_of("ben") == [(SHARED, False, True)]

    def test_at_once_by_many_makes_one_holder(self, make_account):
        keys = []
        for n in range(8):
            address = EmailAddress.objects.create(user_id=make_account(f"ada_{n}").id, email=SHARED)
            token = issue_session_token(address.user_id, now=clock.now())
            keys.append((EmailConfirmationHMAC(address).key, token))

        def attempt(key: tuple[str, str]) -> int:
            try:
                body = {"key": key[0]}
                return Http()("POST", f"{A}/auth/email/verify", body, X_Session_Token=key[1]).status
            finally:
                connections.close_all()
                redis("directory").close()

        with ThreadPoolExecutor(8) as pool:
            statuses = set(pool.map(attempt, keys))

        assert statuses <= {200, 400, 409}
        assert EmailAddress.objects.filter(email=SHARED, verified=True).count() == 1
