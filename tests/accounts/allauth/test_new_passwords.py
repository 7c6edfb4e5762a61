"""New passwords that would soon be guessed are refused on every way by which one is set."""

from __future__ import annotations

import pytest

from modules.accounts.models import User
from modules.accounts.services.password_strength import LOOKED_AT
from tests.accounts.kit import code_in
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db

AUTH, CHANGE = "/auth/app/v1/auth", "/auth/app/v1/account/password/change"
GUESSABLE = [
    " " * 12,
    "\u00a0 \u2003\u2002 \u00a0\u2007 \u2008\u2009 ",
    "\u200b" * 12,
    "aaaaaaaaaaaa",
    "aaaaaaaaaaab",
    "\uff41" * 12,
    "abababababab",
    "passwordpassword",
    "Password1234!",
    "123412341234",
    "123456789012",
    "abcdefghijkl",
    "qwertyuiopas",
    "ключключключ",
    "ada_lovelaceada_lovelace",
    "ADA_LOVELACE!",
    "4d4_l0v3l4c3",
    "ecalevol_ada",
    "ada@example.org",
    "ada@example.org1",
    "ada@example.orgada@example.org",
    "banyanbanyan",
    "a" * 128,
]
GOOD = [
    PASSWORD,
    "correct horse battery",
    "x7Gq!pL2vRz9",
    "пароль для рыбака",
    "今日は散歩に行きました、楽しい",
]
REFUSED = [("password", "password_too_guessable")]


def faults_of(answer) -> list[tuple[str, str]]:
    return [(error["param"], error["code"]) for error in answer.body["errors"]]


@pytest.fixture
def sign_up_ada(sign_up):
    return lambda password: sign_up("ada_lovelace", email="ada@example.org", password=password)


class TestSignUp:
    @pytest.mark.parametrize("password", GUESSABLE)
    def test_refuses_what_would_soon_be_guessed(self, sign_up_ada, password):
        answer = sign_up_ada(password)

        assert (answer.status, REFUSED[0] in faults_of(answer)) == (400, True)
        assert User.objects.count() == 0

    def test_says_what_is_wrong_of_it(self, sign_up_ada):
        [error] = sign_up_ada("abcabcabcabc").body["errors"]

        assert error["message"] == (
            "This password is too easy to guess. "
            'Repeats like "abcabcabc" are only slightly harder to guess than "abc". '
            "Add another word or two. Uncommon words are better. Avoid repeated words and characters."
        )

    @pytest.mark.parametrize("password", GOOD)
    def test_takes_others(self, sign_up_ada, password):
        assert sign_up_ada(password).status == 200

    def test_looks_at_no_more_than_is_quickly_looked_at(self, sign_up_ada):
        assert sign_up_ada("a" * LOOKED_AT + "x7Gq!pL2vRz9").status == 400


class TestChange:
    @pytest.mark.parametrize("password", GUESSABLE)
    def test_refuses_what_would_soon_be_guessed(self, http, sign_up_ada, password):
        token = sign_up_ada(PASSWORD).body["meta"]["session_token"]

        sent = {"current_password": PASSWORD, "new_password": password}
        answer = http("POST", CHANGE, sent, X_Session_Token=token)

        assert (answer.status, ("new_password", REFUSED[0][1]) in faults_of(answer)) == (400, True)
        assert User.objects.get().check_password(PASSWORD)


class TestReset:
    @pytest.mark.parametrize("password", GUESSABLE)
    def test_refuses_what_would_soon_be_guessed(self, http, sign_up_ada, mailoutbox, password):
        sign_up_ada(PASSWORD)
        token = ask_for_code(http, "ada@example.org")

        answer = reset(http, token, code_in(mailoutbox), password)

        assert (answer.status, REFUSED[0] in faults_of(answer)) == (400, True)
        assert User.objects.get().check_password(PASSWORD)

    def test_without_the_code_does_not_tell_whose_an_address_is(self, http, sign_up):
        sign_up("x7q_pl2vrz9w", email="ada@example.org")
        known, unknown = (ask_for_code(http, f"{name}@example.org") for name in ("ada", "eve"))

        answers = [reset(http, token, "WRONG-CODE", "x7q_pl2vrz9w") for token in (known, unknown)]

        assert [faults_of(answer) for answer in answers] == [[("key", "incorrect_code")]] * 2

    def test_without_the_code_refuses_the_address_of_everybody(self, http, sign_up_ada):
        sign_up_ada(PASSWORD)
        refused = []

        for name in ("ada", "eve"):
            token = ask_for_code(http, f"{name}@example.org")
            refused.append(faults_of(reset(http, token, "WRONG-CODE", f"{name}@example.org")))

        assert refused == [[("key", "incorrect_code"), *REFUSED]] * 2


def ask_for_code(http, email: str) -> str:
    asked = http("POST", f"{AUTH}/password/request", {"email": email})
    token: str = asked.body["meta"]["session_token"]
    return token


def reset(http, token: str, code: str, password: str):
    return http("POST", f"{AUTH}/password/reset", {"key": code, "password": password}, X_Session_Token=token)
