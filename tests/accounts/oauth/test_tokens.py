"""OAuth and OpenID Connect as an app of a third party sees it, and what it is refused."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.idp.oidc.models import Token
from django.test import Client

from modules.accounts.models import SpentToken
from modules.accounts.services.accounts import set_password
from tests.accounts.kit import (
    asking,
    consent,
    fetch,
    hidden,
    let_seconds_pass,
    log_in,
    make_app,
    me,
    refresh,
    said_in,
    silently,
)
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db


class TestTheDance:
    def test_gives_tokens_that_reach_what_was_granted(self, browser, app, ada):
        granted = consent(browser, app)
        answer = fetch(app, code=granted["code"])

        given = answer.json()
        assert (granted["state"], answer.status_code) == ("xyz", 200)
        assert (given["token_type"], given["expires_in"]) == ("Bearer", 900)
        assert answer["Cache-Control"] == "no-store"
        assert me(given["access_token"]) == 200
        posted = Client().post(
            "/v1/posts",
            {"text": "Hello"},
            content_type="application/json",
            headers={"Authorization": f"Bearer {given['access_token']}"},
        )
        assert (posted.status_code, posted.json()["author_id"]) == (201, str(ada.id))

    def test_says_who_the_user_is_in_a_signed_token(self, tokens, app, ada):
        keys = Client().get("/.well-known/jwks.json").json()["keys"]
        key = jwt.PyJWK(keys[0]).key

        said = jwt.decode(tokens["id_token"], key, algorithms=["RS256"], audience=app.id)

        assert (said["sub"], said["nonce"]) == (str(ada.id), "n-1")
        assert said["iss"] == Client().get("/.well-known/openid-configuration").json()["issuer"]

    @pytest.mark.parametrize(
        "nonce",
        [None, "0", " a  b ", "+%2B&=;", 'ä✓"\\<>&amp;', "x" * 2000, "ä" * 500],
        ids=lambda nonce: str(nonce)[:9],
    )
    def test_repeats_the_nonce_to_the_letter(self, browser, app, nonce):
        by_consent = fetch(app, code=consent(browser, app, nonce=nonce)["code"])
        unseen = fetch(app, code=silently(browser, app, nonce=nonce)["code"])

        assert [said_in(each.json()["id_token"]).get("nonce") for each in (by_consent, unseen)] == [nonce] * 2

    def test_answers_who_he_is_when_asked(self, tokens, ada):
        answer = Client().get(
            "/identity/o/api/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}
        )

        assert answer.json() == {"sub": str(ada.id)}

    def test_grants_less_if_the_user_chooses_less(self, browser, app):
        page = browser.get(asking(app)).content.decode()
        body = {
            "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
            "request": hidden(page, "request"),
            "scopes": ["openid"],
            "action": "grant",
        }
        location = browser.post("/identity/o/authorize", body)["Location"]
        code = parse_qs(urlsplit(location).query)["code"][0]

        assert me(fetch(app, code=code).json()["access_token"]) == 403

    def test_tells_the_app_when_the_user_says_no(self, browser, app):
        assert consent(browser, app, action="cancel") == {"error": "access_denied", "state": "xyz"}

    def test_asks_a_stranger_to_log_in_and_goes_on(self, app, ada):
        browser = Client(enforce_csrf_checks=True)

        asked = browser.get(asking(app))
        page = browser.get(asked["Location"]).content.decode()
        went_on = log_in(browser, next=hidden(page, "next").replace("&amp;", "&"))

        assert went_on["Location"] == asking(app)
        assert "Allow Reader to access your account?" in browser.get(went_on["Location"]).content.decode()

    def test_asks_no_second_time_what_this_app_was_given(self, tokens, browser, app):
        asked = silently(browser, app, scope="openid read:profiles")

        assert (asked["state"], "code" in asked) == ("xyz", True)

    def test_gives_an_app_a_token_of_its_own(self, app):
        given = fetch(app, grant_type="client_credentials", scope="read:profiles", redirect_uri=None).json()

        assert me(given["access_token"]) == 403
        assert "refresh_token" not in given

    def test_takes_any_port_of_this_device(self, browser, app):
        assert "code" in consent(browser, app, redirect_uri="http://127.0.0.1:45123/back")

    def test_is_described(self):
        said = Client().get("/.well-known/oauth-authorization-server").json()

        assert said["code_challenge_methods_supported"] == ["S256"]
        assert said["response_types_supported"] == ["code"]
        assert said["token_endpoint"] == f"{said['issuer']}/identity/o/api/token"
        assert "write:posts" in said["scopes_supported"]
        assert "device_authorization_endpoint" not in said


class TestRefresh:
    def test_gives_new_tokens_and_spends_the_old_one(self, app, tokens):
        answer = refresh(app, tokens["refresh_token"])

        assert answer.status_code == 200
        assert me(answer.json()["access_token"]) == 200
        assert answer.json()["refresh_token"] != tokens["refresh_token"]

    def test_of_a_spent_token_ends_the_whole_family(self, app, tokens):
        second = refresh(app, tokens["refresh_token"]).json()
        let_seconds_pass()
        assert [me(given["access_token"]) for given in (tokens, second)] == [200, 200]

        again = refresh(app, tokens["refresh_token"])

        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        assert [me(given["access_token"]) for given in (tokens, second)] == [401, 401]
        assert refresh(app, second["refresh_token"]).status_code == 400
        assert Token.objects.count() == 0

    def test_leaves_other_families_alone(self, browser, app, tokens):
        other = fetch(app, code=consent(browser, app)["code"]).json()
        refresh(app, tokens["refresh_token"])
        let_seconds_pass()
        refresh(app, tokens["refresh_token"])

        assert me(other["access_token"]) == 200

    def test_by_another_app_spends_nothing(self, app, tokens, ada):
        other = make_app(ada.id, name="Other")

        assert refresh(other, tokens["refresh_token"]).json()["error"] == "invalid_grant"
        assert refresh(app, tokens["refresh_token"]).status_code == 200

    def test_is_over_after_a_new_password(self, app, tokens, ada):
        set_password(ada.id, "quite another one")

        assert refresh(app, tokens["refresh_token"]).status_code == 400
        assert me(tokens["access_token"]) == 401


class TestCode:
    def test_used_twice_ends_what_it_gave(self, browser, app):
        code = consent(browser, app)["code"]
        given = fetch(app, code=code).json()
        assert me(given["access_token"]) == 200

        again = fetch(app, code=code)

        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        assert me(given["access_token"]) == 401

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"code_verifier": "another-verifier-of-at-least-forty-three-characters"}, "invalid_grant"),
            ({"code_verifier": None}, "invalid_request"),
            ({"redirect_uri": "https://reader.example.org/other"}, "invalid_request"),
            ({"client_secret": "wrong"}, "invalid_client"),
            ({"grant_type": "password", "username": "ada", "password": PASSWORD}, "unsupported_grant_type"),
            ({"code": "nothing"}, "invalid_grant"),
            ({"code": "\0"}, "invalid_request"),
            ({"client_id": "\0"}, "invalid_request"),
        ],
    )
    def test_stays_good_after_a_wrong_try(self, browser, app, change, error):
        code = consent(browser, app)["code"]

        answer = fetch(app, **({"code": code} | change))

        assert (answer.status_code in (400, 401), answer.json()["error"]) == (True, error)
        assert SpentToken.objects.count() == 0
        assert fetch(app, code=code).status_code == 200

    def test_is_nothing_to_another_app(self, browser, app, ada):
        code = consent(browser, app)["code"]
        other = make_app(ada.id, name="Other")

        assert fetch(other, code=code).json()["error"] == "invalid_grant"


class TestRevoke:
    def end(self, app, token: str, **changes: str):
        body = {"token": token, "client_id": app.id, "client_secret": app.secret} | changes
        return Client().post("/identity/o/api/revoke", body)

    def test_ends_an_access_token(self, app, tokens):
        assert me(tokens["access_token"]) == 200

        assert self.end(app, tokens["access_token"]).status_code == 200

        assert me(tokens["access_token"]) == 401
        assert refresh(app, tokens["refresh_token"]).status_code == 200

    def test_of_a_refresh_token_ends_its_family(self, app, tokens):
        assert me(tokens["access_token"]) == 200

        assert self.end(app, tokens["refresh_token"]).status_code == 200

        assert me(tokens["access_token"]) == 401

    def test_asks_who_the_app_is(self, app, tokens):
        assert self.end(app, tokens["access_token"], client_secret="wrong").status_code in (400, 401)
        assert me(tokens["access_token"]) == 200

    def test_of_another_app_s_token_ends_nothing(self, app, tokens, ada):
        self.end(make_app(ada.id, name="Other"), tokens["access_token"])

        assert me(tokens["access_token"]) == 200
