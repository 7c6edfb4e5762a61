"""Whatever is sent to the authorization endpoint: an answer of OAuth, and never an error of ours."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.test import Client
from hypothesis import strategies as st

from tests.accounts.kit import (
    AUTHORIZE,
    BACK,
    age,
    ask,
    asking,
    consent,
    fetch,
    heard,
    hidden,
    log_in,
    make_app,
    said_in,
    silently,
)

pytestmark = pytest.mark.django_db


# What is sent in place of, or beside, an honest request, and the error of it.
WRONG: dict[str, list[dict[str, str | None]]] = {
    "invalid_request": [
        {"response_type": None},
        {"response_mode": "form_post"},
        {"response_mode": "fragment"},
        {"response_mode": "query.jwt"},
        {"code_challenge": "x" * 42},
        {"code_challenge": "x" * 129},
        {"code_challenge": "=" * 43},
        {"code_challenge": "ä" * 43},
        {"code_challenge_method": "s256"},
        {"prompt": "none login"},
        {"prompt": "none consent"},
        {"prompt": "bogus"},
        {"prompt": "none", "scope": "read:profiles"},
        {"max_age": "-1"},
        {"max_age": "soon"},
        {"max_age": "1e3"},
        {"max_age": "²"},
        {"claims": "{bad"},
        {"claims": "[]"},
        {"claims": "null"},
        {"claims": '{"id_token": []}'},
        {"claims": '{"id_token": 1}'},
        {"claims": "[" * 1990},
        {"id_token_hint": "garbage"},
        {"id_token_hint": "a.b.c"},
        {"id_token_hint": "ä.ö.ü"},
        {"nonce": "x" * 2001},
        {"nonce": "\0"},
        {"scope": "openid\0"},
        {"login_hint": "\u202e"},
        {"ui_locales": "\n"},
    ],
    "invalid_scope": [
        {"scope": None},
        {"scope": " "},
        {"scope": "openid bogus"},
        {"scope": "openid,profile"},
        {"scope": "*"},
        {"scope": "openid read:timelines"},
    ],
    "invalid_target": [
        {"resource": "x"},
        {"resource": "http://["},
        {"resource": "https://evil.example"},
    ],
    "unsupported_response_type": [
        {"response_type": "token"},
        {"response_type": "id_token"},
        {"response_type": "code token"},
        {"response_type": "none"},
        {"response_type": "bogus"},
    ],
    "request_not_supported": [{"request": "eyJ"}, {"request": "eyJ", "scope": "openid bogus"}],
    "request_uri_not_supported": [{"request_uri": "https://app.example/request"}],
    "registration_not_supported": [{"registration": "{}"}],
}


# Wishes that may go unheard, and parameters of others.
HARMLESS: list[dict[str, str]] = [
    {"claims": '{"id_token":{"email":null}}'},
    {"claims": '{"id_token":{"email":null,"auth_time":{"essential":true}},"userinfo":{"name":null}}'},
    {"claims": '{"userinfo": null}'},
    {"claims": "{}"},
    {"acr_values": "urn:mace:incommon:iap:silver"},
    {"display": "popup"},
    {"display": "hologram"},
    {"ui_locales": "fr-CA en"},
    {"login_hint": "ada@example.org"},
    {"response_mode": "query"},
    {"prompt": "consent"},
    {"max_age": "3600"},
    {"scope": "openid openid read:profiles"},
    {"user": "1", "scopes": "x", "client": "y", "extra_credentials": "z"},
    {"nonce": "x" * 300, "state": "y" * 500},
    {"state": "ä \u2713 +&="},
]


class TestAuthorize:
    @pytest.mark.parametrize("error", WRONG)
    def test_tells_the_app_what_it_asked_wrongly(self, browser, app, error):
        told = {str(change): heard(ask(browser, app, **change)) for change in WRONG[error]}

        errors = {change: said["error"] for change, said in told.items()}
        assert errors == dict.fromkeys(told, error)
        assert {said["state"] for said in told.values()} == {"xyz"}

    def test_tells_it_before_anybody_logs_in(self, app):
        answer = Client().get(asking(app, scope="openid bogus"))

        assert heard(answer)["error"] == "invalid_scope"

    def test_tells_nobody_at_an_address_that_is_not_registered(self, browser, app):
        changes = [change for group in WRONG.values() for change in group]

        statuses = {
            ask(browser, app, **{**change, "redirect_uri": "https://evil.example"}).status_code
            for change in changes
        }

        assert statuses == {400}

    @pytest.mark.parametrize("name", ["scope", "state", "nonce", "prompt", "code_challenge", "response_type"])
    def test_refuses_a_parameter_that_comes_twice(self, browser, app, name):
        said = heard(browser.get(f"{asking(app)}&{name}=x"))

        assert (said["error"], said.get("state")) == ("invalid_request", None if name == "state" else "xyz")

    @pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
    def test_sends_nobody_back_who_is_named_twice(self, browser, app, name):
        assert heard(browser.get(f"{asking(app)}&{name}={quote(BACK)}")) == {"error": "page 400"}

    @pytest.mark.parametrize("state", ["\0", "\r\nX-Injected: 1", "x" * 2001])
    def test_repeats_no_state_that_cannot_be_read(self, browser, app, state):
        answer = ask(browser, app, state=state)

        said = heard(answer)
        assert (said["error"], "state" in said) == ("invalid_request", False)
        assert "X-Injected" not in answer.headers

    def test_asks_the_user_whatever_wish_goes_unheard(self, browser, app):
        statuses = {str(change): ask(browser, app, **change).status_code for change in HARMLESS}

        assert statuses == {str(change): 200 for change in HARMLESS}

    def test_names_each_scope_once(self, browser, app):
        page = ask(browser, app, scope="openid openid read:profiles").content.decode()

        assert page.count('value="openid"') == 1

    def test_reads_bytes_that_are_no_text(self, browser, app):
        for junk in ("%ff", "%ED%A0%80", "%zz", "%", "%u1234"):
            assert browser.get(f"{asking(app)}&ui_locales={junk}").status_code in (200, 302)
            assert browser.get(f"{AUTHORIZE}?client_id={junk}").status_code == 400

    def test_takes_what_an_app_asks_by_a_form(self, app):
        query = asking(app).partition("?")[2]

        answer = Client(enforce_csrf_checks=True).post(
            AUTHORIZE, query, content_type="application/x-www-form-urlencoded"
        )

        assert (answer.status_code, answer["Location"]) == (302, asking(app))

    def test_refuses_forms_and_bodies_that_are_none(self, browser, app):
        page = browser.get(asking(app)).content.decode()
        token = hidden(page, "csrfmiddlewaretoken")
        forms = [
            {"request": "x"},
            {"request": "x:y"},
            {"request": "ä\0", "csrfmiddlewaretoken": token},
            {"request": hidden(page, "request") + "x", "csrfmiddlewaretoken": token},
        ]

        assert [browser.post(AUTHORIZE, form).status_code for form in forms] == [403] * 4
        assert browser.post(AUTHORIZE, b"{}", content_type="application/json").status_code == 302
        assert browser.post(AUTHORIZE, {"client_id": "x" * 5000}).status_code == 400

    def test_grants_nothing_beyond_what_was_asked(self, browser, app):
        page = browser.get(asking(app, scope="openid")).content.decode()
        body = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "request")}

        for scopes in (["openid", "write:posts"], ["\0"], []):
            answer = browser.post(AUTHORIZE, body | {"scopes": scopes, "action": "grant"})
            assert "Location" not in answer

    @pytest.mark.parametrize("scope", ["openid", "read:profiles"])
    def test_shows_nothing_to_a_stranger_who_must_see_nothing(self, app, scope):
        said = heard(ask(Client(), app, prompt="none", scope=scope))

        assert said["error"] == ("login_required" if scope == "openid" else "invalid_request")


class TestWho:
    """Whom an app wants it to be, and how fresh their log-in."""

    def test_may_be_named_by_a_hint(self, browser, app, tokens, make_account):
        said = silently(browser, app, id_token_hint=tokens["id_token"])
        make_account("ben", email="ben@example.org", password="a long walk home")
        other = Client(enforce_csrf_checks=True)
        log_in(other, login="ben")

        assert "code" in said
        assert heard(ask(other, app, id_token_hint=tokens["id_token"]))["error"] == "login_required"

    def test_may_be_named_by_a_claim(self, browser, app, ada):
        claims = '{"id_token": {"sub": {"value": "%s"}}}'

        assert ask(browser, app, claims=claims % ada.id).status_code == 200
        assert heard(ask(browser, app, claims=claims % "1"))["error"] == "login_required"

    def test_is_not_named_by_the_token_of_another_app(self, browser, app, tokens, ada):
        other = make_app(ada.id, name="Other")

        assert heard(ask(browser, other, id_token_hint=tokens["id_token"]))["error"] == "invalid_request"

    @pytest.mark.parametrize("change", [{"max_age": "1"}, {"max_age": "0"}, {"prompt": "login"}])
    def test_logs_in_again_and_only_then_goes_on(self, browser, app, change):
        age(browser, seconds=10)
        sent = ask(browser, app, **change)
        assert sent["Location"].startswith("/identity/log-in-again?")
        target = parse_qs(urlsplit(sent["Location"]).query)["next"][0]

        # Going on without it leads back to the log-in.
        assert browser.get(target)["Location"] == sent["Location"]
        assert log_in(browser, next=target)["Location"] == target
        page = browser.get(target)

        assert (page.status_code, "Allow Reader to access your account?" in page.content.decode()) == (
            200,
            True,
        )

    def test_is_told_unseen_that_a_log_in_is_too_old(self, browser, app, tokens):
        age(browser, seconds=10)

        assert silently(browser, app, max_age="5")["error"] == "login_required"
        assert "code" in silently(browser, app, max_age="3600")

    def test_is_said_with_the_time_of_the_log_in(self, browser, app):
        before = int(time.time())
        given = fetch(app, code=consent(browser, app, max_age="3600")["code"]).json()
        refreshed = fetch(app, grant_type="refresh_token", refresh_token=given["refresh_token"]).json()

        times = [said_in(answer["id_token"])["auth_time"] for answer in (given, refreshed)]
        assert times[0] == times[1]
        assert before - 60 <= times[0] <= before + 5


values = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["none", "openid", "code", "0", "{}", "null", "[]", "http://[::1", "%00", "authorization_code"]
    ),
    st.binary(max_size=20).map(lambda raw: raw.decode("latin-1")),
)
