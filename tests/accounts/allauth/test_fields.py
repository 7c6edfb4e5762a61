"""Addresses, passwords and names take their one form at every entry: API, hosted page, services."""

from __future__ import annotations

import unicodedata
from importlib import import_module

import pytest
from allauth.account.fields import EmailField
from allauth.account.models import EmailAddress
from django.test import Client

from modules.accounts.api.allauth.fields import OFFERED, AddressField, PasswordField
from modules.accounts.errors import AddressInvalid, PasswordInvalid
from modules.accounts.models import User
from modules.accounts.services.accounts import set_password
from modules.mail.models import Mail
from tests.kit.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]

AUTH = "/auth/app/v1/auth"
EMAIL = "/auth/app/v1/account/email"
SPELLINGS = [
    "ADA@Bücher.example",
    "ada@xn--bcher-kva.example",
    " ada@bu\u0308cher.example ",
    "Ada@XN--BCHER-KVA.Example",
]
STORED = "ada@xn--bcher-kva.example"
TYPED = "  caf\u00e9 am \u2463 Markt\u3000 "
TOO_LONG = f"{'a' * 64}@{'.'.join(['b' * 62] * 3)}.org"


@pytest.fixture
def page():
    """Log in on the hosted page; returns the status."""

    def page(login: str, password: str) -> int:
        browser = Client()
        body = {"login": login, "password": password}
        return browser.post("/identity/login", body).status_code

    return page


def faults_of(answer) -> list[tuple[str, str]]:
    return [(error["param"], error["code"]) for error in answer.body["errors"]]


@pytest.fixture
def token(http, ada) -> str:
    """A session of Ada's."""
    answer = http("POST", f"{AUTH}/login", {"username": "ada", "password": PASSWORD})
    return str(answer.body["meta"]["session_token"])


class TestForms:
    def test_none_that_can_be_reached_reads_an_address_or_a_password_its_own_way(self):
        import_module("modules.accounts.urls")
        own = [
            (form.__name__, name)
            for module in OFFERED
            for form in vars(module).values()
            if isinstance(form, type)
            for name, field in getattr(form, "base_fields", {}).items()
            if ("mail" in name and not isinstance(field, AddressField))
            or ("password" in name and name != "passwordless" and not isinstance(field, PasswordField))
            or isinstance(field, EmailField)
        ]

        assert own == []


class TestAddresses:
    def test_are_stored_and_mailed_in_their_one_form(self, sign_up):
        answer = sign_up("ada", email="ADA@Bücher.example")

        assert answer.body["data"]["user"]["email"] == STORED
        assert User.objects.values_list("email", flat=True).get() == STORED
        assert EmailAddress.objects.values_list("email", flat=True).get() == STORED
        assert Mail.objects.values_list("to", flat=True).get() == STORED

    @pytest.mark.parametrize("email", SPELLINGS)
    def test_find_their_account_in_every_spelling(self, http, make_account, page, email):
        make_account("ada", email=STORED, password=PASSWORD)

        answer = http("POST", f"{AUTH}/login", {"email": email, "password": PASSWORD})

        assert (answer.status, page(email, PASSWORD)) == (200, 302)

    @pytest.mark.parametrize("email", SPELLINGS)
    def test_get_their_code_in_every_spelling(self, http, make_account, email):
        make_account("ada", email=STORED, password=PASSWORD)

        http("POST", f"{AUTH}/password/request", {"email": email})

        assert list(Mail.objects.values_list("to", flat=True)) == [STORED]

    @pytest.mark.parametrize("email", SPELLINGS)
    def test_are_taken_in_every_spelling(self, make_account, sign_up, email):
        make_account("ada", email=STORED)

        answer = sign_up("bob", email=email)

        assert (answer.status, faults_of(answer)) == (400, [("email", "email_taken")])

    def test_are_added_and_chosen_in_every_spelling(self, http, sign_up):
        token = sign_up().body["meta"]["session_token"]
        http("POST", f"{AUTH}/reauthenticate", {"password": PASSWORD}, X_Session_Token=token)

        added = http("POST", EMAIL, {"email": SPELLINGS[0]}, X_Session_Token=token)
        again = http("POST", EMAIL, {"email": SPELLINGS[2]}, X_Session_Token=token)
        removed = http("DELETE", EMAIL, {"email": SPELLINGS[3]}, X_Session_Token=token)

        assert [row["email"] for row in added.body["data"]] == ["ada@example.org", STORED]
        assert (again.status, faults_of(again)) == (400, [("email", "duplicate_email")])
        assert [row["email"] for row in removed.body["data"]] == ["ada@example.org"]

    @pytest.mark.parametrize(
        "email", [TOO_LONG, "a@b", '"a b"@example.org', "a@exam\u0085ple.org", 5, ["a@b.org"], True]
    )
    def test_that_are_none_are_refused_everywhere_and_nothing_is_kept(self, http, sign_up, token, email):
        answers = [
            sign_up("bob", email=email),
            http("POST", f"{AUTH}/login", {"email": email, "password": PASSWORD}),
            http("POST", f"{AUTH}/password/request", {"email": email}),
            http("POST", EMAIL, {"email": email}, X_Session_Token=token),
            http("PUT", EMAIL, {"email": email}, X_Session_Token=token),
            http("PATCH", EMAIL, {"email": email, "primary": True}, X_Session_Token=token),
            http("DELETE", EMAIL, {"email": email}, X_Session_Token=token),
        ]

        assert [(answer.status, faults_of(answer)[0][0]) for answer in answers] == [(400, "email")] * 7
        assert (User.objects.count(), EmailAddress.objects.count(), Mail.objects.count()) == (1, 1, 0)

    def test_with_capitals_that_only_some_know_are_no_fault_of_ours(self, sign_up):
        answer = sign_up("ada", email="a@\ua7cbX.example.org")

        assert (answer.status, answer.body["data"]["user"]["email"]) == (200, "a@xn--x-x1a.example.org")

    def test_of_services_have_it_too(self, make_account):
        account = make_account("ada", email=SPELLINGS[0])

        assert User.objects.get(id=account.id).email == STORED
        with pytest.raises(AddressInvalid):
            make_account("bob", email=TOO_LONG)


class TestPasswords:
    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    def test_are_used_as_typed_on_every_way_in(self, http, sign_up, page, form):
        typed = unicodedata.normalize(form, TYPED)
        token = sign_up("ada", password=TYPED).body["meta"]["session_token"]

        entered = http("POST", f"{AUTH}/login", {"username": "ada", "password": typed})
        shown = http("POST", f"{AUTH}/reauthenticate", {"password": typed}, X_Session_Token=token)

        assert (entered.status, shown.status, page("ada", typed)) == (200, 200, 302)

    @pytest.mark.parametrize(
        "typed",
        [TYPED.strip(), TYPED.strip(" "), f" {TYPED}", TYPED.upper(), unicodedata.normalize("NFKC", TYPED)],
    )
    def test_that_were_typed_otherwise_are_others(self, http, sign_up, page, typed):
        token = sign_up("ada", password=TYPED).body["meta"]["session_token"]

        entered = http("POST", f"{AUTH}/login", {"username": "ada", "password": typed})
        shown = http("POST", f"{AUTH}/reauthenticate", {"password": typed}, X_Session_Token=token)

        assert (entered.status, shown.status, page("ada", typed)) == (400, 400, 400)

    def test_are_changed_as_typed(self, http, sign_up, page):
        token = sign_up("ada", password=TYPED).body["meta"]["session_token"]
        new = f" {TYPED} "

        changes = {"current_password": TYPED, "new_password": new}
        changed = http("POST", "/auth/app/v1/account/password/change", changes, X_Session_Token=token)

        assert (changed.status, page("ada", new), page("ada", new.strip())) == (200, 302, 400)

    def test_are_set_by_services_as_typed(self, ada, page):
        set_password(ada.id, TYPED)

        assert (page("ada", TYPED), page("ada", TYPED.strip())) == (302, 400)

    def test_are_measured_in_the_form_that_is_kept(self, sign_up):
        typed = unicodedata.normalize("NFD", "éàùîöçñáêìôüäëï" * 9)
        longest = sign_up("ada", password=typed[: 128 * 2])
        longer = sign_up("bob", password=typed[: 129 * 2])
        shortest = sign_up("vera", password=f" {typed[:20]} ")
        shorter = sign_up("grace", password=typed[:22])

        assert (longest.status, shortest.status) == (200, 200)
        assert (faults_of(longer), faults_of(shorter)) == (
            [("password", "password_invalid")],
            [("password", "password_too_short")],
        )

    @pytest.mark.parametrize(
        "typed",
        [
            "a long\twalk home",
            "a long walk home\n",
            "a long walk\x85home",
            123456789012345,
            ["a long walk home"],
            True,
        ],
    )
    def test_that_no_form_could_send_are_refused(self, http, sign_up, typed):
        answers = (
            sign_up("ada", password=typed),
            http("POST", f"{AUTH}/login", {"username": "ada", "password": typed}),
        )

        assert [(answer.status, faults_of(answer)[0][0]) for answer in answers] == [(400, "password")] * 2
        assert User.objects.count() == 0

    @pytest.mark.parametrize("typed", ["a" * 129, "a" * 20_000, "a long\0walk home", "a long\nwalk home"])
    def test_that_nobody_has_are_only_wrong_on_the_page(self, ada, page, typed):
        assert page("ada", typed) == 400

    def test_that_nobody_types_are_refused_by_services(self, ada):
        with pytest.raises(PasswordInvalid):
            set_password(ada.id, "a" * 129)


class TestUsernames:
    @pytest.mark.parametrize(
        "username", ["\u212aate", "ada\u200b", "ad\u0430", "\uff21\uff24\uff21", True, 12345, ["ada"]]
    )
    def test_are_ascii_text_from_the_start(self, sign_up, username):
        answer = sign_up(username, email="ada@example.org")

        assert (answer.status, faults_of(answer)[0][0]) == (400, "username")
        assert User.objects.count() == 0
