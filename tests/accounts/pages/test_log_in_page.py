"""The hosted page at which an app has its user log in, and what the consent page shows."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.cache.utils import make_template_fragment_key
from django.test import Client

from tests.accounts.kit import SCOPES, asking, hidden, log_in

pytestmark = pytest.mark.django_db


class TestLogInPage:
    @pytest.mark.parametrize("change", [{"password": "wrong and long"}, {"login": "nobody"}, {"login": "\0"}])
    def test_tells_nothing_but_that_it_did_not_work(self, ada, change):
        answer = log_in(Client(enforce_csrf_checks=True), **change)

        assert answer.status_code == 400
        assert "Wrong username or password." in answer.content.decode()

    def test_is_refused_without_the_token_against_forgery(self, ada):
        answer = Client(enforce_csrf_checks=True).post("/identity/login", {"login": "ada"})

        assert (answer.status_code, answer["Content-Type"]) == (403, "text/html; charset=utf-8")
        assert "load the page anew" in answer.content.decode()

    def test_has_browsers_say_where_a_form_came_from(self, db):
        """Without it they send `Origin: null`, which the check against forgery must refuse."""
        assert Client().get("/identity/login")["Referrer-Policy"] == "same-origin"

    @pytest.mark.parametrize(
        "target", ["https://evil.example", "//evil.example", "/v1/me", "/\\evil.example"]
    )
    def test_goes_on_to_no_place_but_a_consent(self, ada, target):
        answer = log_in(Client(enforce_csrf_checks=True), next=target)

        assert answer["Location"] == "/identity/login"

    def test_takes_nothing_apart_that_is_longer_than_an_address(self, ada):
        target = "/identity/o/authorize?" + "a=1&" * 1100

        shown = Client(enforce_csrf_checks=True).post("/identity/login", {"next": target})
        gone_on = log_in(Client(enforce_csrf_checks=True), next=target)

        assert (shown.status_code, b"a=1" in shown.content) == (403, False)
        assert gone_on["Location"] == "/identity/login"

    def test_allows_no_script_and_no_frame(self, db):
        answer = Client().get("/identity/login")

        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy

    def test_counts_attempts(self, ada, settings):
        from dataclasses import replace

        settings.LIMITS = replace(settings.LIMITS, is_on=True)
        browser = Client(enforce_csrf_checks=True)

        statuses = [log_in(browser, password="wrong and long").status_code for _ in range(6)]

        assert statuses == [400] * 5 + [429]


class TestScopesOfThePage:
    """A template fragment: the same for everyone whom an app asks for the same."""

    def fragment(self, scopes: str) -> str:
        return make_template_fragment_key("consent_scopes", [scopes.split()])

    def test_are_drawn_once(self, browser, app):
        first = browser.get(asking(app)).content.decode()
        assert 'value="write:posts"' in cache.get(self.fragment(SCOPES))
        cache.set(self.fragment(SCOPES), "<p>as drawn before</p>")

        again = browser.get(asking(app)).content.decode()
        other = browser.get(asking(app, scope="openid read:profiles")).content.decode()

        assert ("as drawn before" in first, "as drawn before" in again, "as drawn before" in other) == (
            False,
            True,
            False,
        )

    def test_hold_nothing_of_who_is_asked(self, browser, app):
        page = browser.get(asking(app)).content.decode()

        kept = cache.get(self.fragment(SCOPES))
        assert hidden(page, "csrfmiddlewaretoken") not in kept
        assert "ada" not in kept

    def test_are_drawn_without_redis(self, browser, app, stack):
        stack.stop_redis()

        assert 'value="write:posts"' in browser.get(asking(app)).content.decode()
