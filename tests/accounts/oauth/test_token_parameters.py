"""Whatever is sent to the endpoints of tokens: an answer of OAuth, and never an error of ours."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import pytest
from allauth.idp.oidc.models import Token
from django.conf import settings
from django.test import Client
from hypothesis import strategies as st

from tests.accounts.kit import REVOKE, TOKEN, USERINFO, basic, consent, fetch, make_app

pytestmark = pytest.mark.django_db


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
        assert (
            Client().post(f"{TOKEN}?scope=%zz&user=1", sent | {"scope": "read:profiles"}).status_code == 200
        )

    def test_overlooks_what_the_library_would_take_for_its_own(self, app):
        sent = {"grant_type": "client_credentials", "client_id": app.id, "client_secret": app.secret}
        junk = {"user": "1", "client": "x", "scopes": "x", "extra_credentials": "x", "request": "x"}

        answer = Client().post(TOKEN, sent | junk | {"scope": "write:posts write:posts read:profiles"})

        assert (answer.status_code, answer.json()["scope"]) == (200, "write:posts read:profiles")
        assert Token.objects.get(type="at").user_id is None

    @pytest.mark.parametrize("name", ["grant_type", "client_id", "scope", "code"])
    def test_refuses_a_parameter_that_comes_twice(self, app, name):
        sent = [("grant_type", "client_credentials"), ("client_id", app.id), ("client_secret", app.secret)]
        body = urlencode([*sent, ("scope", "read:profiles"), ("code", "x"), (name, "x")])

        answer = Client().post(TOKEN, body, content_type="application/x-www-form-urlencoded")

        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")

    def test_reads_who_calls_from_the_header_as_forms_are_read(self, app):
        sent = {"grant_type": "client_credentials", "scope": "read:profiles"}

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
        sent = {"grant_type": "client_credentials", "scope": "read:profiles"}

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


values = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["none", "openid", "code", "0", "{}", "null", "[]", "http://[::1", "%00", "authorization_code"]
    ),
    st.binary(max_size=20).map(lambda raw: raw.decode("latin-1")),
)
