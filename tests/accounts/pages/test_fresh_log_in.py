"""A log-in that an app wants anew is good for one request, once; a consent page for who was asked."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.idp.oidc.models import Token
from django.test import Client

from tests.accounts.kit import BACK, SCOPES, age, ask, asking, hidden, log_in
from tests.accounts.second_factors import secret, session  # noqa: F401
from tests.kit.people import PASSWORD
from tests.kit.totp import code_of

pytestmark = pytest.mark.django_db

AGAIN = "/identity/log-in-again?"


def leads_to(sent) -> str:
    """Return where the log-in leads that somebody was sent to."""
    return str(parse_qs(urlsplit(sent["Location"]).query)["next"][0])


class TestFreshLogIn:
    @pytest.mark.parametrize("change", [{"max_age": "1"}, {"prompt": "login"}, {"prompt": "select_account"}])
    def test_is_wanted_each_time_that_it_is_asked(self, browser, app, change):
        target = leads_to(ask(Client(), app, **change))
        log_in(browser, next=target)
        assert browser.get(target).status_code == 200

        with time_machine.travel(time.time() + 10):
            again = browser.get(target)

        assert again["Location"].startswith(AGAIN)

    @pytest.mark.parametrize("change", [{"max_age": "1"}, {"prompt": "login"}])
    def test_is_made_for_one_request_and_no_other(self, browser, app, change):
        log_in(browser, next=asking(app, state="abc", **change))
        age(browser, seconds=10)

        assert ask(browser, app, **change)["Location"].startswith(AGAIN)

    def test_is_not_what_a_stranger_was_sent_to(self, browser, app):
        target = leads_to(ask(Client(), app, prompt="login"))
        log_in(browser)

        assert browser.get(target)["Location"].startswith(AGAIN)

    def test_is_too_old_after_some_minutes(self, browser, app):
        target = asking(app, prompt="login")
        log_in(browser, next=target)

        with time_machine.travel(time.time() + 301):
            assert browser.get(target)["Location"].startswith(AGAIN)

    def test_may_be_that_of_somebody_else(self, browser, app, make_account):
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


class TestConsentPage:
    """It is answered by who was asked."""

    @pytest.fixture
    def ben(self, make_account):
        return make_account("ben", email="ben@example.org", password=PASSWORD)

    def answer(self, browser, page: str):
        """Answer a page of before with what the browser holds now."""
        token = hidden(browser.get("/identity/login").content.decode(), "csrfmiddlewaretoken")
        body = {"csrfmiddlewaretoken": token, "request": hidden(page, "request")}
        return browser.post("/identity/o/authorize", body | {"scopes": SCOPES.split(), "action": "grant"})

    def test_of_one_user_is_not_granted_by_another(self, browser, app, ben):
        path = asking(app, claims="{}")
        page = browser.get(path).content.decode()
        log_in(browser, login="ben")

        answer = self.answer(browser, page)

        assert (answer.status_code, answer["Location"]) == (302, path)
        assert list(Token.objects.all()) == []
        assert hidden(browser.get(path).content.decode(), "request") != hidden(page, "request")

    def test_that_named_a_user_tells_the_app_of_another(self, browser, app, ada, ben):
        claims = json.dumps({"id_token": {"sub": {"value": str(ada.id)}}})
        page = browser.get(asking(app, claims=claims)).content.decode()
        log_in(browser, login="ben")

        said = browser.get(self.answer(browser, page)["Location"])

        assert "error=login_required" in said["Location"]

    def test_is_asked_again_as_freshly_of_who_logs_in_meanwhile(self, browser, app):
        path = asking(app, prompt="login")
        log_in(browser, next=path)
        page = browser.get(path).content.decode()
        browser.cookies.pop("sid")

        sent = self.answer(browser, page)

        assert (leads_to(sent), sent["Location"].startswith("/identity/login?")) == (path, True)
        log_in(browser, next=path)
        assert self.answer(browser, browser.get(path).content.decode())["Location"].startswith(BACK)
