"""What is given up, asked for with less, or cannot be read just now; and what an app gets for itself."""

from __future__ import annotations

import pytest
from allauth.idp.oidc.models import Token
from django.test import Client

from tests.accounts.kit import (
    REVOKE,
    SCOPES,
    USERINFO,
    asking,
    consent,
    fetch,
    hidden,
    me,
    refresh,
    silently,
)
from tests.kit.tokens import make_token

pytestmark = pytest.mark.django_db


class TestRevokingASpentToken:
    def test_ends_what_came_of_it(self, app, tokens):
        """An app that logs out after a refresh whose answer was lost knows no newer token."""
        second = refresh(app, tokens["refresh_token"]).json()
        body = {"client_id": app.id, "client_secret": app.secret, "token": tokens["refresh_token"]}

        assert Client().post(REVOKE, body).status_code == 200

        assert me(second["access_token"]) == 401
        assert refresh(app, second["refresh_token"]).json()["error"] == "invalid_grant"
        assert refresh(app, tokens["refresh_token"]).json()["error"] == "invalid_grant"
        assert Token.objects.count() == 0


class TestRefreshWithLess:
    def test_narrows_the_access_token_alone(self, app, tokens):
        less = fetch(
            app, grant_type="refresh_token", refresh_token=tokens["refresh_token"], scope="openid"
        ).json()
        all_again = fetch(
            app, grant_type="refresh_token", refresh_token=less["refresh_token"], scope=SCOPES
        ).json()

        assert (less["scope"], me(less["access_token"])) == ("openid", 403)
        assert (all_again["scope"].split(), me(all_again["access_token"])) == (SCOPES.split(), 200)


class TestWithoutRedis:
    def test_a_code_is_good_again_when_it_is_back(self, app, browser, stack):
        code = consent(browser, app)["code"]
        stack.stop_redis()

        answer = fetch(app, code=code)

        assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
        assert Token.objects.filter(type="ac").count() == 1

    def test_no_code_is_given_that_nobody_can_exchange(self, app, browser, stack):
        page = browser.get(asking(app)).content.decode()
        stack.stop_redis()
        form = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "request")}

        answer = browser.post("/identity/o/authorize", form | {"scopes": SCOPES.split(), "action": "grant"})

        assert "error=temporarily_unavailable" in answer["Location"]
        assert "code=" not in answer["Location"]


class TestAnAppByItself:
    @pytest.mark.parametrize("scope", ["openid", "read:profiles profile", "email"])
    def test_is_given_no_scope_of_who_a_user_is(self, app, scope):
        answer = fetch(app, grant_type="client_credentials", scope=scope, redirect_uri=None)

        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")

    def test_is_told_of_no_user(self, app):
        token = make_token(app.id, None, "openid", "email")

        answer = Client().get(USERINFO, headers={"Authorization": f"Bearer {token}"})

        assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
        assert answer["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="openid"'


class TestSilentConsent:
    def test_shows_the_same_address_as_before(self, app, browser):
        scopes = "openid email"
        fetch(app, code=consent(browser, app, scopes=scopes)["code"])

        assert "code" in silently(browser, app, scope=scopes)
