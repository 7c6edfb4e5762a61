"""Logging in and out with both kinds of client."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.headless.spec.internal.schema import get_schema
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse

from modules.accounts.api.allauth.middleware import AllauthMiddleware
from modules.accounts.models import Session, User
from modules.accounts.services.account_status import suspend_account
from modules.accounts.services.sessions import hash_key
from tests.accounts.kit import CountingHasher
from tests.kit.http import Http
from tests.kit.people import NOON, PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]

APP = "/auth/app/v1/auth"
BROWSER = "/auth/browser/v1/auth"


def log_in(http, path=APP, *, csrf=None, **names):
    headers = {"X_CSRFToken": csrf} if csrf else {}
    return http("POST", f"{path}/login", {"password": PASSWORD, **names}, **headers)


@pytest.fixture
def browser(http, ada):
    """A browser in which Ada is logged in."""
    http("GET", "/auth/browser/v1/config")
    assert log_in(http, BROWSER, csrf=http.csrf, username="ada").status == 200
    return http


class TestAppClient:
    @pytest.mark.parametrize(
        "name",
        [
            {"username": "ada"},
            {"username": "ADA"},
            {"email": "ada@example.org"},
            {"email": "ADA@example.org"},
        ],
    )
    def test_logs_in_by_either_name(self, http, ada, name):
        answer = log_in(http, **name)

        assert (answer.status, answer.body["data"]["user"]["id"]) == (200, str(ada.id))

    @pytest.mark.parametrize(
        "name",
        [{"username": "ada", "password": "wrong"}, {"username": "nobody"}, {"email": "nobody@example.org"}],
    )
    def test_refuses_a_wrong_name_or_password(self, http, ada, name):
        answer = log_in(http, **name)

        assert answer.status == 400
        assert Session.objects.count() == 0

    def test_stores_the_key_as_a_digest(self, http, ada):
        token = log_in(http, username="ada").body["meta"]["session_token"]

        session = Session.objects.get()
        assert (session.key_hash, session.user_id, session.epoch) == (hash_key(token), ada.id, 1)
        assert token not in session.data

    def test_is_known_by_a_bearer_token_too(self, http, ada):
        token = log_in(http, username="ada").body["meta"]["session_token"]

        assert http("GET", "/v1/whoami", Authorization=f"Bearer {token}").body["id"] == str(ada.id)

    def test_may_write_without_a_token_against_forgery(self, http, ada):
        token = log_in(http, username="ada").body["meta"]["session_token"]

        assert http("POST", "/v1/whoami", X_Session_Token=token).status == 200

    def test_logs_out(self, http, ada):
        token = log_in(http, username="ada").body["meta"]["session_token"]

        http("DELETE", f"{APP}/session", X_Session_Token=token)

        assert http("GET", "/v1/whoami", X_Session_Token=token).status == 401
        assert http("GET", f"{APP}/session", X_Session_Token=token).status == 410

    @pytest.mark.parametrize("token", ["x", "a" * 42, "a" * 44, "\xe9" * 43, "a" * 42 + "."])
    def test_is_none_of_those_that_were_ever_given(self, http, ada, token):
        sent = {"username": "ada", "password": PASSWORD}
        asks: list[tuple[Any, ...]] = [("GET", "session"), ("DELETE", "session"), ("POST", "login", sent)]

        statuses = [http(how, f"{APP}/{at}", *body, X_Session_Token=token).status for how, at, *body in asks]

        assert statuses == [401, 401, 401]

    @pytest.mark.parametrize("token", ["nobody's", "a" * 100_000, "\xe9"])
    def test_is_refused_with_an_unknown_token(self, http, db, token):
        answer = http("GET", "/v1/whoami", X_Session_Token=token)

        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="banyan", error="invalid_token"'
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_is_refused_without_a_token(self, http, db):
        answer = http("GET", "/v1/whoami")

        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="banyan"')

    def test_learns_nothing_of_why_it_is_refused(self, http, ada, make_account):
        suspend_account(make_account("vera", password=PASSWORD).id, now=NOON)

        wrong, unknown, suspended = (
            log_in(Http(), username="ada", password="not her password"),
            log_in(Http(), username="nobody"),
            log_in(Http(), username="vera"),
        )

        assert wrong.status == 400
        assert wrong.body == unknown.body == suspended.body
        assert wrong.headers.keys() == unknown.headers.keys() == suspended.headers.keys()
        assert Session.objects.exclude(user=None).count() == 0

    @pytest.mark.parametrize("name", ["ada", "nobody", "vera", "ada@example.org", "nobody@example.org"])
    def test_costs_one_hash_whoever_it_is(self, settings, ada, make_account, name):
        """Equal work is equal time: a test that took it would tell less."""
        suspend_account(make_account("vera", password=PASSWORD).id, now=NOON)
        settings.PASSWORD_HASHERS = ["tests.accounts.kit.CountingHasher"]
        User.objects.update(password=make_password(PASSWORD))
        CountingHasher.count = 0

        log_in(Http(), password="not the password", **{"email" if "@" in name else "username": name})

        assert CountingHasher.count == 1


class TestAnotherProvider:
    @pytest.mark.parametrize("name", ["google", "github", "oidc/nowhere"])
    def test_that_is_not_configured_is_not_known(self, http, db, name):
        assert http("GET", f"/identity/{name}/login/callback/?code=a&state=b").status == 404


class TestPhone:
    """No account here has a phone number."""

    @pytest.mark.parametrize("path", ["account/phone", "auth/phone/verify", "auth/phone/verify/resend"])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_is_not_known(self, http, ada, method, path):
        token = log_in(http, username="ada").body["meta"]["session_token"]

        answer = http(method, f"/auth/app/v1/{path}", {} if method == "POST" else None, X_Session_Token=token)

        assert answer.status == 404


class TestBrowserClient:
    def test_is_refused_without_a_token_against_forgery(self, http, ada):
        answer = log_in(http, BROWSER, username="ada")

        assert (answer.status, Session.objects.count()) == (403, 0)

    def test_logs_in_with_cookie_and_token(self, browser, ada):
        assert browser("GET", "/v1/whoami").body["id"] == str(ada.id)

    def test_keeps_the_cookie_from_scripts(self, browser):
        cookie = browser.client.cookies["sid"]

        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")

    def test_writes_with_the_token_only(self, browser):
        assert browser("POST", "/v1/whoami").status == 403
        assert browser("POST", "/v1/whoami", X_CSRFToken=browser.csrf).status == 200

    def test_writes_from_its_own_origin_only(self, browser):
        answer = browser("POST", "/v1/whoami", X_CSRFToken=browser.csrf, Origin="https://evil.example")

        assert answer.status == 403

    def test_is_nobody_with_a_dead_cookie(self, browser):
        browser("DELETE", f"{BROWSER}/session", X_CSRFToken=browser.csrf)

        assert browser("GET", "/v1/whoami").status == 401

    def test_gets_a_new_key_at_log_in(self, http, ada):
        http("GET", "/auth/browser/v1/config")
        http.client.cookies["sid"] = "planted-by-somebody-else"

        log_in(http, BROWSER, csrf=http.csrf, username="ada")

        assert http.client.cookies["sid"].value != "planted-by-somebody-else"
        assert Session.objects.values_list("key_hash").get() == (hash_key(http.client.cookies["sid"].value),)


class TestPasswordChange:
    def test_ends_every_session_but_the_one_that_asked(self, http, browser, ada):
        other = log_in(http, username="ada").body["meta"]["session_token"]
        change = {"current_password": PASSWORD, "new_password": "a longer walk home"}

        answer = browser("POST", "/auth/browser/v1/account/password/change", change, X_CSRFToken=browser.csrf)

        assert answer.status == 200
        assert browser("GET", "/v1/whoami").body["id"] == str(ada.id)
        assert http("GET", f"{APP}/session", X_Session_Token=other).status in (401, 410)
        assert Session.objects.values_list("epoch", flat=True).get() == 2


class TestSessionOver:
    def test_is_said_when_the_session_ends_meanwhile(self, http, ada, monkeypatch):
        token = log_in(http, username="ada").body["meta"]["session_token"]
        # The moment between reading a session and writing it back cannot be hit from outside.
        monkeypatch.setattr(
            "modules.accounts.api.allauth.session_store.change_session", lambda key, content: False
        )

        answer = http("POST", f"{APP}/reauthenticate", {"password": PASSWORD}, X_Session_Token=token)

        assert (answer.status, answer.body["code"]) == (401, "session_over")


class TestAllauthMiddleware:
    def test_leaves_the_rest_of_the_api_without_a_session(self, rf):
        request = rf.get("/v1/whoami")

        AllauthMiddleware(lambda request: HttpResponse())(request)

        assert not hasattr(request, "session")
        assert not hasattr(request, "user")

    def test_answers_what_it_does_not_know_with_a_problem(self, http, db):
        answer = http("GET", "/auth/app/v1/nothing")

        assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")


class TestOpenApi:
    def test_shows_ids_as_strings(self):
        schemas = get_schema()["components"]["schemas"]

        assert schemas["User"]["properties"]["id"]["type"] == "string"

    @pytest.mark.parametrize("kind", ["yaml", "json", "html"])
    def test_of_allauth_is_not_drawn_for_whoever_asks(self, http, db, kind):
        assert http("GET", f"/auth/openapi.{kind}").status == 404
