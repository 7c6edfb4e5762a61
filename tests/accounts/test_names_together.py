"""One person under several names: guessed at no oftener for that, and no stranger learns whose they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from modules.kernel.limits import Limit
from tests.accounts.places import LOG_IN, WRONG, At
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db

NAME, ADDRESS = {"username": "ada"}, {"email": "ada@example.org"}
NOBODY = {"username": "nobody"}, {"email": "nobody@example.org"}
STRANGE, HOME = "203.0.113.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def _limits(settings):
    of_name = Limit("log-in-account", 20, 3600)
    settings.LIMITS = replace(settings.LIMITS, is_on=True).with_limits(of_name)


def try_at(address: str, name: dict[str, str], password: str = WRONG):
    return At(address).http("POST", LOG_IN, {**name, "password": password})


def guess(address: str, *names: dict[str, str], times: int) -> list[int]:
    """Guess under each of the names in turn."""
    return [try_at(address, names[number % len(names)]).status for number in range(times)]


class TestOnePlace:
    def test_gets_five_tries_under_both_names_together(self, ada):
        assert guess(STRANGE, NAME, ADDRESS, times=5) == [400] * 5

        assert [try_at(STRANGE, name, PASSWORD).status for name in (NAME, ADDRESS)] == [400, 400]

    def test_gets_no_more_for_a_second_address(self, ada):
        EmailAddress.objects.create(user_id=ada.id, email="ada@example.net", verified=True)
        second = {"email": "ada@example.net"}
        guess(STRANGE, ADDRESS, second, times=5)

        assert try_at(STRANGE, second, PASSWORD).status == 400

    def test_is_not_counted_for_getting_in_under_either(self, ada):
        tried = [try_at(HOME, name, PASSWORD).status for _ in range(6) for name in (NAME, ADDRESS)]

        assert tried == [200] * 12

    def test_is_of_each_person_alone(self, ada, make_account):
        make_account("vera", password=PASSWORD)
        guess(STRANGE, NAME, ADDRESS, times=5)

        assert try_at(STRANGE, {"username": "vera"}, PASSWORD).status == 200


class TestStranger:
    def test_does_not_learn_that_two_names_are_one_persons(self, ada):
        assert guess(STRANGE, NAME, times=6) == [400] * 5 + [429]

        assert guess(STRANGE, ADDRESS, times=6) == [400] * 5 + [429]

    def test_hears_of_a_person_what_they_hear_of_nobody(self, ada):
        heard = [
            [try_at(place, names[number % 2]) for number in range(12)]
            for place, names in ((STRANGE, (NAME, ADDRESS)), ("203.0.113.2", NOBODY))
        ]

        ours, nobodys = ([(answer.status, answer.body.get("code")) for answer in them] for them in heard)
        assert ours == nobodys == [(400, None)] * 10 + [(429, "limit_reached")] * 2
        assert heard[0][9].body == heard[1][9].body
        assert heard[0][9].headers.keys() == heard[1][9].headers.keys()

    def test_uses_up_both_names_from_many_places(self, ada):
        for number in range(5):
            guess(f"203.0.113.{number}", NAME, ADDRESS, times=4)

        assert try_at("203.0.113.200", NAME, PASSWORD).status == 400
        assert try_at("203.0.113.200", ADDRESS, PASSWORD).status == 400


class TestOwner:
    def test_gets_in_where_they_have_before_under_either_name(self, ada):
        assert try_at(HOME, NAME, PASSWORD).status == 200
        for number in range(5):
            guess(f"203.0.113.{number}", NAME, ADDRESS, times=4)

        assert [try_at(HOME, name, PASSWORD).status for name in (NAME, ADDRESS)] == [200, 200]

    def test_gets_in_with_their_browser_though_others_at_its_address_have_used_that_up(self, ada):
        browser = Client(enforce_csrf_checks=True)
        assert At(HOME, browser).log_in_by_browser() == 200
        browser.cookies.pop("sid")
        guess(HOME, NAME, ADDRESS, times=5)

        assert At(HOME, browser).log_in_by_browser() == 200


class TestClaimant:
    def test_of_an_address_gets_no_guesses_at_anothers_password_back(self, settings, ada, make_account):
        """Who signed up with the same address tries the passwords of all who did; the first is guessed at."""
        of_name = Limit("log-in-account", 3, 3600)
        settings.LIMITS = settings.LIMITS.with_limits(of_name)
        settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
        EmailAddress.objects.filter(user_id=ada.id).update(verified=False)
        vera = make_account("vera", email="ada@example.org", password=WRONG)
        EmailAddress.objects.update(verified=False)
        passwords = {ada: PASSWORD, vera: WRONG}
        first, second = sorted(passwords, key=lambda who: who.id)

        places = [f"203.0.113.{number}" for number in range(3)]
        assert [try_at(place, ADDRESS, passwords[second]).status for place in places] == [200] * 3

        assert try_at("203.0.113.9", {"username": first.username}, passwords[first]).status == 400
        assert try_at("203.0.113.9", {"username": second.username}, passwords[second]).status == 200
