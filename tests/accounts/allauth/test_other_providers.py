"""Another provider that answers oddly: it is not believed, and nobody sees an error of ours."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from modules.accounts.models import Session
from modules.accounts.services.principals import forget_kept
from modules.mail.models import Mail
from tests.accounts.allauth.provider import ADA, AUTH, come, log_in, odd, start
from tests.accounts.kit import consent, fetch, make_app, me, refresh
from tests.accounts.second_factors import secret, session
from tests.kit.http import Http
from tests.kit.people import PASSWORD
from tests.kit.totp import code_of

__all__ = ["odd", "secret", "session"]  # fixtures

pytestmark = pytest.mark.django_db


def sign_up(browser: Client, **body: str):
    path = f"{AUTH}/auth/provider/signup"
    return browser.post(path, {"username": "vera"} | body, content_type="application/json")


NOBODY: list[Any] = [
    {},
    None,
    [],
    "ada",
    {"sub": None},
    {"sub": ""},
    {"sub": " "},
    {"sub": "None"},
    {"sub": True},
    {"sub": 7},
    {"sub": {"a": 1}},
    {"sub": ["ada"]},
    {"sub": "x" * 192},
    {"sub": "x" * 400},
    {"sub": "a\0da"},
    {"sub": "ada", "name": "\0"},
    {"sub": "ada", "name": "\ud800"},
    {"sub": "ada", "name": {"first": "Ada"}},
    {"sub": "ada", "email": 7},
    b'{"sub": "ada", "age": NaN}',
    b"<html>",
    b"[" * 100_000,
]

NO_PROOF: list[Any] = [False, "false", "False", "0", "1", "yes", 1, 0, None, [], {}, {"a": 1}]


class TestAnswer:
    @pytest.mark.parametrize("userinfo", NOBODY, ids=lambda said: str(said)[:40])
    def test_that_names_nobody_leads_back_with_an_error(self, odd, userinfo):
        odd.userinfo = userinfo

        answer = come(Client())

        assert (answer.status_code, answer["Location"]) == (302, "/welcome?error=unknown&error_process=login")
        assert list(SocialAccount.objects.all()) == []

    @pytest.mark.parametrize(
        "token",
        [
            *({}, [], "access_token", None, b"<html>", b"["),
            {"access_token": "a", "expires_in": "soon"},
            {"access_token": "a", "expires_in": 10**20},
            {"access_token": "a", "id_token": 7},
            {"access_token": "a", "id_token": "x.y.z"},
        ],
        ids=str,
    )
    def test_that_is_no_token_leads_back_with_an_error(self, odd, token):
        odd.token = token

        answer = come(Client())

        assert (answer.status_code, answer["Location"]) == (302, "/welcome?error=unknown&error_process=login")

    def test_of_somebody_else_than_the_id_token_leads_back_with_an_error(self, odd):
        odd.token = {"access_token": "a", "id_token": odd.id_token(sub="ben-there")}

        assert "error=unknown" in come(Client())["Location"]

    def test_without_an_id_token_is_enough(self, odd):
        browser = Client()

        assert come(browser)["Location"] == "/welcome"
        assert sign_up(browser, email="ada@example.org").status_code == 200
        assert SocialAccount.objects.get().uid == "ada-there"

    @pytest.mark.parametrize("configuration", [{}, [], None, b"<html>"], ids=str)
    def test_that_says_not_where_to_go_leads_to_the_error_page(self, odd, settings, configuration):
        odd.configuration = configuration

        answer = start(Client())

        assert answer.status_code == 302
        assert answer["Location"].startswith(
            f"{settings.HEADLESS_FRONTEND_URLS['socialaccount_login_error']}?"
        )

    @pytest.mark.parametrize(
        ("said", "is_verified"),
        [(True, True), ("true", True), ("True", True)] + [(other, False) for other in NO_PROOF],
    )
    def test_proves_an_address_by_true_alone(self, odd, said, is_verified):
        odd.userinfo = ADA | {"email_verified": said}
        browser = Client()
        come(browser)

        done = sign_up(browser, email="ada@example.com")

        assert done.status_code == 200
        assert EmailAddress.objects.get(email="ada@example.com").verified is is_verified

    @pytest.mark.parametrize("id_token", ["x", "x.y.z", "eyJhbGciOiJIUzI1NiJ9.e30.x", "\0"])
    def test_shown_by_an_app_is_refused_if_it_is_none(self, odd, http, id_token):
        token = {"client_id": "banyan", "id_token": id_token}
        body = {"provider": "odd", "process": "login", "token": token}

        assert http("POST", "/auth/app/v1/auth/provider/token", body).status == 400


class TestHalfFinishedLogIn:
    @pytest.fixture
    def half(self, odd, ada, secret):
        """A log-in by the provider that waits for the second factor."""
        SocialAccount.objects.create(user_id=ada.id, provider="odd", uid="ada-there")
        browser = Client()
        come(browser)
        return browser

    def finish(self, half: Client, secret: str):
        path = f"{AUTH}/auth/2fa/authenticate"
        return half.post(path, {"code": code_of(secret)}, content_type="application/json")

    def test_is_finished_while_the_provider_is_connected(self, half, secret):
        assert self.finish(half, secret).status_code == 200

    def test_ends_when_the_provider_is_disconnected(self, half, secret, ada, http, session):
        before = Session.objects.filter(user=ada.id).count()
        body = {"provider": "odd", "account": "ada-there"}
        gone = http("DELETE", "/auth/app/v1/account/providers", body, X_Session_Token=session)

        answer = self.finish(half, secret)

        assert (gone.status, answer.status_code) == (200, 401)
        assert Session.objects.filter(user=ada.id).count() == before

    def test_does_not_live_again_when_it_is_connected_anew(self, half, secret, ada):
        SocialAccount.objects.get().delete()
        SocialAccount.objects.create(user_id=ada.id, provider="odd", uid="ada-there")

        assert self.finish(half, secret).status_code == 401


class TestWayBack:
    @pytest.mark.parametrize("page", ["", "/", "/welcome?a=b#c"])
    def test_leads_to_the_front_end(self, odd, settings, page):
        back = f"{settings.FRONTEND_URL}{page}"

        assert come(Client(), back)["Location"] == back

    @pytest.mark.parametrize(
        "back",
        [
            *("http://localhost:3001/", "http://localhost:3000@evil.example/"),
            *("http://localhost:3000.evil.example/", "//evil.example/", "http:///evil.example"),
            *("javascript:alert(1)", "ftp://localhost:3000/", "http://localhost:3000\\@evil.example/"),
        ],
    )
    def test_leads_nowhere_else(self, odd, settings, back):
        answer = start(Client(), back)

        assert answer["Location"].startswith(f"{settings.FRONTEND_URL}/log-in?error=unknown")


class TestDisconnecting:
    @pytest.fixture
    def stranger(self, odd, ada):
        """A browser that is logged in by a provider which Ada is about to disconnect."""
        SocialAccount.objects.create(user_id=ada.id, provider="odd", uid="ada-there")
        browser = Client()
        assert come(browser)["Location"] == "/welcome"
        return browser

    @staticmethod
    def disconnect(http: Http, token: str) -> int:
        body = {"provider": "odd", "account": "ada-there"}
        return http("DELETE", "/auth/app/v1/account/providers", body, X_Session_Token=token).status

    def test_ends_the_sessions_that_the_provider_has_opened(self, stranger, ada, http):
        token = log_in(http)
        assert stranger.get("/v1/me").status_code == 200

        assert self.disconnect(http, token) == 200
        forget_kept()

        assert stranger.get("/v1/me").status_code == 401
        assert http("GET", "/v1/me", X_Session_Token=token).status == 200
        assert [row.user_id for row in Session.objects.exclude(user=None)] == [ada.id]

    def test_ends_what_apps_got_in_them(self, stranger, ada, http):
        app = make_app(ada.id)
        stranger.handler.enforce_csrf_checks = True
        tokens = fetch(app, code=consent(stranger, app)["code"]).json()
        assert me(tokens["access_token"]) == 200

        self.disconnect(http, log_in(http))

        assert me(tokens["access_token"]) == 401
        assert refresh(app, tokens["refresh_token"]).json()["error"] == "invalid_grant"

    def test_is_told_by_mail(self, stranger, ada, http):
        self.disconnect(http, log_in(http))

        text = Mail.objects.get(to="ada@example.org").text
        assert "Odd was disconnected from your account." in text
        assert "Wherever somebody was logged in by it, they are logged out" in text

    def test_leaves_sessions_of_other_ways_in(self, stranger, ada, http):
        elsewhere = log_in(http)
        SocialAccount.objects.create(user_id=ada.id, provider="odd", uid="ada-elsewhere")

        self.disconnect(http, log_in(http))

        assert http("GET", "/v1/me", X_Session_Token=elsewhere).status == 200

    def test_leaves_the_session_that_asks_though_the_provider_opened_it(self, stranger, ada):
        sent = {"current_password": PASSWORD, "password": PASSWORD}
        stranger.post(f"{AUTH}/auth/reauthenticate", sent, content_type="application/json")
        body = {"provider": "odd", "account": "ada-there"}

        gone = stranger.delete(f"{AUTH}/account/providers", body, content_type="application/json")

        assert (gone.status_code, stranger.get("/v1/me").status_code) == (200, 200)

    def test_ends_nothing_when_it_is_refused(self, stranger, ada, http):
        sent = {"username": "ada", "password": PASSWORD}
        token = http("POST", "/auth/app/v1/auth/login", sent).body["meta"]["session_token"]

        assert self.disconnect(http, token) == 401
        assert stranger.get("/v1/me").status_code == 200
