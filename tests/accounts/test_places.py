"""Strangers who try to lock somebody out: what they use up is not the owner's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from modules.accounts.models import KnownPlace
from modules.accounts.selectors.places import Place, find_known
from modules.accounts.services.accounts import set_password
from modules.accounts.services.places import MOST, remember_place
from modules.kernel import clock
from modules.kernel.limits import Limit
from modules.mail.models import Mail
from tests.accounts.kit import log_in as log_in_on_page
from tests.accounts.places import BROWSER, LOG_IN, WRONG, At
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits(settings):
    # A fifth of what it is: the rest would be more of the same.
    of_name = Limit("log-in-account", 20, 3600)
    settings.LIMITS = replace(settings.LIMITS, is_on=True).with_limits(of_name)


def hammer(*, name: str = "ada") -> None:
    """Use up all that strangers have of a name, from as many addresses as it takes."""
    for number in range(5):
        for _ in range(4):
            At(f"203.0.113.{number}").log_in(name=name)
    assert At("203.0.113.200").log_in(name=name) == 429


class TestOwner:
    def test_gets_in_from_a_third_address_after_five_tries_from_each_of_two(self, ada):
        for address in ("203.0.113.1", "203.0.113.2"):
            assert [At(address).log_in() for _ in range(6)] == [400] * 5 + [429]

        assert At("198.51.100.7").log_in(PASSWORD) == 200

    def test_gets_in_where_they_have_before_though_strangers_have_used_up_the_name(self, ada):
        assert At("198.51.100.7").log_in(PASSWORD) == 200
        hammer()

        assert At("198.51.100.7").log_in(PASSWORD) == 200
        assert At("198.51.100.8").log_in(PASSWORD) == 429

    def test_gets_in_with_their_browser_wherever_it_is(self, ada):
        browser = Client(enforce_csrf_checks=True)
        assert At("198.51.100.7", browser).log_in_by_browser() == 200
        browser.cookies.pop("sid")
        hammer()

        assert At("192.0.2.33", browser).log_in_by_browser() == 200

    def test_gets_in_with_their_browser_though_others_at_its_address_have_used_that_up(self, ada):
        browser = Client(enforce_csrf_checks=True)
        assert At("198.51.100.7", browser).log_in_by_browser() == 200
        browser.cookies.pop("sid")
        assert [At("198.51.100.7").log_in() for _ in range(6)][-1] == 429

        assert At("198.51.100.7", browser).log_in_by_browser() == 200

    def test_gets_in_where_they_have_chosen_a_new_password(self, ada, make_account):
        hammer()
        owner = At("198.51.100.7")
        asked = owner.http("POST", "/auth/app/v1/auth/password/request", {"email": "ada@example.org"})
        token = asked.body["meta"]["session_token"]
        code = next(line for line in Mail.objects.get().text.split() if "-" in line and line.isupper())
        sent = {"key": code, "password": "a longer walk home"}
        owner.http("POST", "/auth/app/v1/auth/password/reset", sent, X_Session_Token=token)

        assert owner.log_in("a longer walk home") == 200

    def test_is_not_counted_for_getting_in(self, ada):
        assert [At("198.51.100.7").log_in(PASSWORD) for _ in range(12)] == [200] * 12

    def test_reauthenticates_though_strangers_have_used_up_the_name(self, ada):
        owner = At("198.51.100.7")
        token = owner.http("POST", LOG_IN, {"username": "ada", "password": PASSWORD}).body["meta"][
            "session_token"
        ]
        hammer()

        path, sent = "/auth/app/v1/auth/reauthenticate", {"password": PASSWORD}
        assert owner.http("POST", path, sent, X_Session_Token=token).status == 200


class TestStranger:
    def test_learns_nothing_of_who_has_the_name(self, ada):
        for name in ("ada", "nobody"):
            hammer(name=name)

        known, unknown = (
            At("203.0.113.201").http("POST", LOG_IN, {"username": name, "password": WRONG})
            for name in ("ada", "nobody")
        )

        assert (
            (known.status, known.body["code"])
            == (unknown.status, unknown.body["code"])
            == (429, "limit_reached")
        )
        assert known.body["detail"].startswith("The limit 'log-in-account' is")
        assert unknown.body["detail"].startswith("The limit 'log-in-account' is")
        assert known.headers.keys() == unknown.headers.keys()

    @pytest.mark.parametrize("name", ["ADA", " ada ", "\uff21\uff24\uff21"])
    def test_gains_nothing_by_another_spelling(self, ada, name):
        stranger = At("203.0.113.1")
        for _ in range(5):
            stranger.log_in()

        assert stranger.log_in(name=name) == 429

    def test_is_none_the_wiser_with_a_cookie_of_their_own(self, ada, make_account):
        make_account("mallory", password=PASSWORD)
        browser = Client(enforce_csrf_checks=True)
        stranger = At("203.0.113.1", browser)
        stranger.http("GET", f"{BROWSER}/config")
        sent = {"username": "mallory", "password": PASSWORD}
        stranger.http("POST", f"{BROWSER}/auth/login", sent, X_CSRFToken=stranger.http.csrf)
        browser.cookies.pop("sid")
        hammer()

        assert stranger.log_in_by_browser() == 429

    def test_makes_no_place_known_by_claiming_an_address(self, ada, make_account):
        from allauth.account.models import EmailAddress

        mallory = make_account("mallory")
        EmailAddress.objects.create(user_id=mallory.id, email="vera@example.org")
        place = Place("203.0.113.1")
        remember_place(mallory.id, place, now=clock.now())

        assert find_known("vera@example.org", place) is None
        assert find_known("mallory", place) == place.digests[0]


class TestDevice:
    def test_is_kept_from_scripts_and_left_where_somebody_got_in(self, ada):
        browser = Client(enforce_csrf_checks=True)

        assert At("198.51.100.7", browser).log_in_by_browser(WRONG) == 400
        assert "device" not in browser.cookies
        assert At("198.51.100.7", browser).log_in_by_browser() == 200
        cookie = browser.cookies["device"]
        assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 180 * 86_400)

    def test_is_left_by_the_page_and_not_to_apps(self, ada):
        app, page = At("198.51.100.7"), Client(enforce_csrf_checks=True)

        app.log_in(PASSWORD)
        log_in_on_page(page)

        assert ("device" in app.http.client.cookies, "device" in page.cookies) == (False, True)

    def test_is_not_what_somebody_planted(self, ada):
        browser = Client(enforce_csrf_checks=True)
        browser.cookies["device"] = "planted"

        At("198.51.100.7", browser).log_in_by_browser()

        assert browser.cookies["device"].value != "planted"

    def test_is_stored_as_a_digest(self, ada):
        browser = Client(enforce_csrf_checks=True)
        At("198.51.100.7", browser).log_in_by_browser()

        kept = str(list(KnownPlace.objects.values_list()))

        assert KnownPlace.objects.count() == 2
        assert ("198.51.100.7" in kept, browser.cookies["device"].value in kept) == (False, False)


class TestPlaces:
    def test_are_forgotten_with_the_password(self, ada):
        place = Place("198.51.100.7", "cookie")
        remember_place(ada.id, place, now=clock.now())

        set_password(ada.id, "a longer walk home")

        assert find_known("ada", place) is None

    def test_are_so_many_and_the_newest(self, ada):
        for number in range(MOST + 1):
            remember_place(ada.id, Place(f"198.51.100.{number}"), now=clock.now())

        assert KnownPlace.objects.filter(user_id=ada.id).count() == MOST
        assert find_known("ada", Place("198.51.100.0")) is None
        assert find_known("ada", Place(f"198.51.100.{MOST}")) is not None
