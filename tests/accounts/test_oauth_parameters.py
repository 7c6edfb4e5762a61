"""Whatever is sent to OAuth's endpoints: an answer of OAuth, and never a fault of ours."""

from __future__ import annotations

import base64
import time
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import jwt
import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.idp.oidc.models import Token
from django.conf import settings
from django.test import Client
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as effort
from hypothesis import strategies as st

from tests.accounts.test_oauth import (
    BACK,
    CHALLENGE,
    SCOPES,
    VERIFIER,
    asking,
    consent,
    fetch,
    hidden,
    log_in,
    make_app,
    silently,
)

pytestmark = pytest.mark.django_db

TOKEN, REVOKE = "/identity/o/api/token", "/identity/o/api/revoke"
AUTHORIZE, USERINFO, LOG_OUT = "/identity/o/authorize", "/identity/o/api/userinfo", "/identity/o/logout"


@pytest.fixture
def app(ada):
    return make_app(ada.id)


@pytest.fixture
def browser(ada):
    browser = Client(enforce_csrf_checks=True)
    log_in(browser)
    return browser


@pytest.fixture
def tokens(browser, app):
    return fetch(app, code=consent(browser, app)["code"]).json()


def heard(answer) -> dict[str, str]:
    """Return what the app hears, or the status of a page that the user sees instead."""
    if not answer.headers.get("Location", "").startswith(BACK):
        return {"error": f"page {answer.status_code}"}
    return {name: value for name, [value] in parse_qs(urlsplit(answer["Location"]).query).items()}


def ask(browser, app, **changes: str | None):
    return browser.get(asking(app, **changes))


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

        assert (page.status_code, "Let Reader in?" in page.content.decode()) == (200, True)

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


def age(browser: Client, *, seconds: int) -> None:
    """Make the log-in of a browser older."""
    session = browser.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= seconds
    session.modified = True
    session.save()


def said_in(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


class TestToken:
    def test_says_what_is_wrong(self, browser, app):
        code = consent(browser, app)["code"]
        cases: list[tuple[dict[str, str | None], str]] = [
            ({"grant_type": None}, "invalid_request"),
            ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, "unsupported_grant_type"),
            ({"grant_type": "implicit"}, "unsupported_grant_type"),
            ({"resource": "x"}, "invalid_target"),
            ({"resource": "http://["}, "invalid_target"),
            ({"resource": f"{settings.PUBLIC_URL}.evil.example"}, "invalid_target"),
            ({"code": None}, "invalid_request"),
            ({"code": "\0"}, "invalid_request"),
            ({"code": "x" * 2001}, "invalid_request"),
            ({"code": "ä" * 100}, "invalid_grant"),
            ({"code_verifier": "x" * 42}, "invalid_request"),
            ({"code_verifier": "x" * 129}, "invalid_request"),
            ({"code_verifier": "ä" * 50}, "invalid_request"),
            ({"code_verifier": "x" * 43}, "invalid_grant"),
            ({"client_id": None}, "invalid_client"),
            ({"client_id": "nobody"}, "invalid_client"),
            ({"client_id": "x" * 2001}, "invalid_request"),
            ({"client_secret": None}, "invalid_client"),
            ({"client_secret": "\r\n"}, "invalid_request"),
            ({"redirect_uri": "http://["}, "invalid_request"),
            ({"grant_type": "refresh_token", "refresh_token": "ä"}, "invalid_grant"),
            ({"grant_type": "refresh_token", "refresh_token": None}, "invalid_request"),
            ({"grant_type": "client_credentials", "scope": "bogus"}, "invalid_scope"),
        ]

        answers = {str(sent): fetch(app, **({"code": code} | sent)) for sent, _ in cases}

        assert {sent: answer.json()["error"] for sent, answer in answers.items()} == {
            str(sent): error for sent, error in cases
        }
        assert {answer.status_code for answer in answers.values()} <= {400, 401}
        assert {answer["Cache-Control"] for answer in answers.values()} == {"no-store"}
        assert fetch(app, code=code, resource=settings.PUBLIC_URL).status_code == 200

    def test_takes_nothing_from_the_address(self, app):
        sent = {"grant_type": "client_credentials", "client_id": app.id, "client_secret": app.secret}
        query = urlencode(sent | {"scope": "read:profiles"})

        assert Client().post(f"{TOKEN}?{query}").json()["error"] == "invalid_request"
        assert Client().post(f"{TOKEN}?scope=%zz&user=1", sent | {"scope": "openid"}).status_code == 200

    def test_overlooks_what_the_library_would_take_for_its_own(self, app):
        sent = {"grant_type": "client_credentials", "client_id": app.id, "client_secret": app.secret}
        junk = {"user": "1", "client": "x", "scopes": "x", "extra_credentials": "x", "request": "x"}

        answer = Client().post(TOKEN, sent | junk | {"scope": "openid openid read:profiles"})

        assert (answer.status_code, answer.json()["scope"]) == (200, "openid read:profiles")
        assert Token.objects.get(type="at").user_id is None

    @pytest.mark.parametrize("name", ["grant_type", "client_id", "scope", "code"])
    def test_refuses_a_parameter_that_comes_twice(self, app, name):
        sent = [("grant_type", "client_credentials"), ("client_id", app.id), ("client_secret", app.secret)]
        body = urlencode([*sent, ("scope", "openid"), ("code", "x"), (name, "x")])

        answer = Client().post(TOKEN, body, content_type="application/x-www-form-urlencoded")

        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")

    def test_reads_who_calls_from_the_header_as_forms_are_read(self, app):
        sent = {"grant_type": "client_credentials", "scope": "openid"}

        def call(header: str, **more: str):
            return Client().post(TOKEN, sent | more, headers={"Authorization": header})

        spelled = app.secret.replace("_", "%5F").replace("-", "%2D")
        assert call(basic(f"{app.id}:{spelled}")).status_code == 200
        assert call(basic(f"{app.id}:{app.secret}"), client_id=app.id).status_code == 200

        wrong = call(basic(f"{app.id}:wrong"))
        assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
        assert wrong["WWW-Authenticate"].startswith("Basic ")

    def test_refuses_headers_that_nobody_can_read(self, app):
        junk = [
            "Basic",
            "Basic =",
            "Basic ä",
            "Basic %%%",
            basic("x"),
            basic(":"),
            basic("\0:\0"),
            basic("a:\n"),
        ]
        headers = [*junk, "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(), basic("x" * 3000 + ":y")]

        answers = [
            Client().post(TOKEN, {"grant_type": "client_credentials"}, headers={"Authorization": header})
            for header in headers
        ]

        assert {(answer.status_code, answer.json()["error"]) for answer in answers} == {
            (401, "invalid_client")
        }

    def test_refuses_who_names_two_apps_or_secrets(self, app, ada):
        other = make_app(ada.id, name="Other")
        header = {"Authorization": basic(f"{app.id}:{app.secret}")}
        sent = {"grant_type": "client_credentials", "scope": "openid"}

        for more in ({"client_id": other.id}, {"client_secret": app.secret}):
            answer = Client().post(TOKEN, sent | more, headers=header)
            assert answer.json()["error"] == "invalid_request"

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b'{"grant_type": "client_credentials"}', "application/json"),
            (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
            (b"grant_type", "application/x-www-form-urlencoded"),
            (b"", "application/x-www-form-urlencoded"),
            (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
            (b"nonsense", "multipart/form-data"),
            (b"grant_type=x", "application/x-www-form-urlencoded; charset=utf-7"),
            (b"grant_type=x", "text/plain"),
            (b"&".join(b"a%d=1" % n for n in range(200)), "application/x-www-form-urlencoded"),
            (b"a=" + b"x" * 300_000, "application/x-www-form-urlencoded"),
        ],
    )
    def test_refuses_bodies_that_are_no_form(self, db, body, kind):
        assert 400 <= Client().post(TOKEN, body, content_type=kind).status_code < 500
        assert 400 <= Client().post(REVOKE, body, content_type=kind).status_code < 500


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


class TestRevoke:
    def test_says_what_is_wrong(self, app, tokens, ada):
        public = make_app(ada.id, name="Page", type="public", grant_types=["authorization_code"])
        good = {"token": tokens["access_token"], "client_id": app.id, "client_secret": app.secret}
        cases = [
            ({"token": ""}, "invalid_request"),
            ({"token": "\0"}, "invalid_request"),
            ({"client_secret": "wrong"}, "invalid_client"),
            ({"client_id": "nobody"}, "invalid_client"),
        ]

        answers = [Client().post(REVOKE, good | sent) for sent, _ in cases]
        posing = Client().post(
            REVOKE,
            {"token": tokens["access_token"], "client_id": public.id},
            headers={"Authorization": basic(f"{app.id}:wrong")},
        )

        assert [answer.json()["error"] for answer in answers] == [error for _, error in cases]
        assert posing.json()["error"] == "invalid_request"
        assert Token.objects.filter(type="at").count() == 1
        ended = Client().post(REVOKE, good | {"token_type_hint": "bogus"})
        assert (ended.status_code, ended["Content-Type"], ended.content) == (200, "application/json", b"{}")


class TestUserInfo:
    def test_refuses_what_is_no_token(self, tokens):
        headers = ["", "Bearer", "Bearer ä", "Bearer x y", "Basic x", f"bearer  {tokens['refresh_token']}"]

        answers = [Client().get(USERINFO, headers={"Authorization": header}) for header in headers]

        assert {(answer.status_code, answer.json()["error"]) for answer in answers} == {
            (401, "invalid_token")
        }
        assert Client().get(USERINFO, {"access_token": tokens["access_token"]}).status_code == 401
        assert Client().post(USERINFO, {"access_token": "\0"}).status_code == 400
        assert Client().post(USERINFO, {"access_token": tokens["access_token"]}).status_code == 200


class TestLogOut:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_never_fails(self, browser, app, method):
        junk = [
            "",
            "x",
            "\0",
            "ä",
            "x" * 2001,
            "http://[",
            "http://a:99999999/",
            "//",
            "a.b.c",
            "https://\u2100/",
        ]
        names = (
            "id_token_hint",
            "client_id",
            "post_logout_redirect_uri",
            "state",
            "logout_hint",
            "ui_locales",
        )

        for name in names:
            for value in junk:
                answer = getattr(browser, method)(LOG_OUT, {"client_id": app.id} | {name: value})
                assert answer.status_code in (200, 400), (name, value, answer)

    def test_says_so_when_the_address_is_none(self, browser, app):
        sent = {"client_id": app.id, "post_logout_redirect_uri": "http://["}
        answer = browser.get(LOG_OUT, sent)

        assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (400, True)


names = st.sampled_from(
    [
        *(
            "response_type",
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "nonce",
            "prompt",
            "max_age",
            "claims",
        ),
        *("response_mode", "code_challenge", "code_challenge_method", "id_token_hint", "request", "resource"),
        *("grant_type", "code", "code_verifier", "client_secret", "refresh_token", "token", "access_token"),
        *("user", "scopes", "client", "post_logout_redirect_uri", "asked", "action", "next", "username"),
    ]
)
values = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["none", "openid", "code", "0", "{}", "null", "[]", "http://[::1", "%00", "authorization_code"]
    ),
    st.binary(max_size=20).map(lambda raw: raw.decode("latin-1")),
)
PATHS = (AUTHORIZE, TOKEN, REVOKE, USERINFO, LOG_OUT)


class TestAnything:
    @seed(20261126)
    @effort(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.sampled_from(PATHS),
        st.sampled_from(["get", "post"]),
        st.lists(st.tuples(names, values), max_size=5),
    )
    def test_is_answered(self, browser, app, path, method, sent):
        honest = {
            "response_type": "code",
            "client_id": app.id,
            "client_secret": app.secret,
            "redirect_uri": BACK,
            "scope": SCOPES,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "code_verifier": VERIFIER,
            "grant_type": "client_credentials",
        }
        query = urlencode([*(honest | dict(sent)).items(), *sent[:1]], errors="surrogatepass")

        if method == "get":
            answer = browser.get(f"{path}?{query}")
        else:
            answer = browser.post(path, query, content_type="application/x-www-form-urlencoded")

        assert answer.status_code < 500
        location = answer.headers.get("Location", "/")
        assert location.startswith(("/identity/", "/", BACK))
        assert not location.startswith("//")
