"""A log-in that an app wants anew: made for the one request, in the one browser, and good once."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client

from tests.accounts.conftest import PASSWORD
from tests.accounts.test_oauth import app, asking, browser, hidden, log_in  # noqa: F401
from tests.accounts.test_oauth_parameters import age, ask
from tests.accounts.test_second_factor import code_of, secret, session  # noqa: F401

pytestmark = pytest.mark.django_db

AGAIN = "/identity/log-in-again?"


def leads_to(sent) -> str:
    """Return where the log-in leads that somebody was sent to."""
    return parse_qs(urlsplit(sent["Location"]).query)["next"][0]


class TestFreshLogIn:
    @pytest.mark.parametrize("change", [{"max_age": "1"}, {"prompt": "login"}, {"prompt": "select_account"}])
    def test_is_wanted_each_time_that_it_is_asked(self, browser, app, change):  # noqa: F811
        target = leads_to(ask(Client(), app, **change))
        log_in(browser, next=target)
        assert browser.get(target).status_code == 200

        with time_machine.travel(time.time() + 10):
            again = browser.get(target)

        assert again["Location"].startswith(AGAIN)

    @pytest.mark.parametrize("change", [{"max_age": "1"}, {"prompt": "login"}])
    def test_is_made_for_one_request_and_no_other(self, browser, app, change):  # noqa: F811
        log_in(browser, next=asking(app, state="abc", **change))
        age(browser, seconds=10)

        assert ask(browser, app, **change)["Location"].startswith(AGAIN)

    def test_is_not_what_a_stranger_was_sent_to(self, browser, app):  # noqa: F811
        target = leads_to(ask(Client(), app, prompt="login"))
        log_in(browser)

        assert browser.get(target)["Location"].startswith(AGAIN)

    def test_is_too_old_after_some_minutes(self, browser, app):  # noqa: F811
        target = asking(app, prompt="login")
        log_in(browser, next=target)

        with time_machine.travel(time.time() + 301):
            assert browser.get(target)["Location"].startswith(AGAIN)

    def test_may_be_that_of_somebody_else(self, browser, app, make_account):  # noqa: F811
        make_account("ben", email="ben@example.org", password=PASSWORD)
        target = asking(app, prompt="select_account")

        log_in(browser, login="ben", next=target)

        assert browser.get(target).status_code == 200

    def test_is_finished_by_its_second_factor(self, app, secret):  # noqa: F811
        here, target = Client(enforce_csrf_checks=True), asking(app, prompt="login")
        stop = log_in(here, next=target)["Location"]
        assert here.get(target)["Location"].startswith("/identity/login?")

        token = hidden(here.get(stop).content.decode(), "csrfmiddlewaretoken")
        body = {"code": code_of(secret), "csrfmiddlewaretoken": token, "next": target}
        assert here.post(stop, body)["Location"] == target

        assert [here.get(target).status_code for _ in range(2)] == [200, 302]
