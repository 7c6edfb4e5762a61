"""OAuth and OpenID Connect as an app of a third party sees it, and what it is refused."""

from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client as AppRow
from allauth.idp.oidc.models import Token
from django.core.cache import cache
from django.core.cache.utils import make_template_fragment_key
from django.test import Client

from modules.accounts.models import SpentToken, TokenFamily
from modules.accounts.schemas import NewApp
from modules.accounts.services.accounts import set_password
from modules.accounts.services.apps import register_app
from modules.accounts.services.families import withdraw_consent
from modules.accounts.services.principals import forget_kept
from modules.kernel import clock
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

BACK = "https://reader.example.org/back"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPES = "openid read:profiles write:posts"


@pytest.fixture
def app(ada):
    return make_app(ada.id)


def make_app(owner_id: int, **changes):
    body = {
        "name": "Reader",
        "type": "confidential",
        "redirect_uris": [BACK, "http://127.0.0.1/back"],
        "scopes": [*SCOPES.split(), "email", "profile"],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
    }
    new = NewApp.model_validate(body | changes)
    return register_app(owner_id, new, now=clock.now(), once=None)


@pytest.fixture
def browser(ada):
    """A browser in which Ada has logged in on the hosted page."""
    browser = Client(enforce_csrf_checks=True)
    log_in(browser)
    return browser


def log_in(browser: Client, **changes: str):
    page = browser.get("/identity/login").content.decode()
    body = {"login": "ada", "password": PASSWORD, "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")}
    return browser.post("/identity/login", body | changes)


def hidden(page: str, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert match, page
    return match[1]


def asking(app, **changes: str | None) -> str:
    sent = {
        "response_type": "code",
        "client_id": app.id,
        "redirect_uri": BACK,
        "scope": SCOPES,
        "state": "xyz",
        "nonce": "n-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changes
    return "/identity/o/authorize?" + urlencode({name: value for name, value in sent.items() if value})


def consent(
    browser: Client, app, *, action: str = "grant", scopes: str = SCOPES, **changes: str | None
) -> dict[str, str]:
    page = browser.get(asking(app, scope=scopes, **changes)).content.decode()
    body = {
        "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
        "request": hidden(page, "request"),
        "scopes": scopes.split(),
        "action": action,
    }
    answer = browser.post("/identity/o/authorize", body)
    assert answer.status_code == 302, answer.content
    return {name: value for name, [value] in parse_qs(urlsplit(answer["Location"]).query).items()}


def fetch(app, **sent: str | None):
    body = {
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "client_id": app.id,
        "client_secret": app.secret,
        "code_verifier": VERIFIER,
    } | sent
    return Client().post("/identity/o/api/token", {name: part for name, part in body.items() if part})


def refresh(app, token: str):
    return fetch(app, grant_type="refresh_token", refresh_token=token, redirect_uri=None, code_verifier=None)


@pytest.fixture
def tokens(browser, app):
    return fetch(app, code=consent(browser, app)["code"]).json()


def let_seconds_pass() -> None:
    """Let the time be over in which a client may have lost an answer."""
    SpentToken.objects.update(answer_until=clock.now())


def me(token: str) -> int:
    forget_kept()
    return Client().get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def silently(browser: Client, app, **changes: str | None) -> dict[str, str]:
    """Ask for a code that the user does not see; return what the app hears."""
    answer = browser.get(asking(app, prompt="none", **changes))
    assert answer.status_code == 302, answer.content
    return {name: value for name, [value] in parse_qs(urlsplit(answer["Location"]).query).items()}


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
        assert "Let Reader in?" in browser.get(went_on["Location"]).content.decode()

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


class TestAuthorize:
    @pytest.mark.parametrize(
        "uri",
        [
            BACK + "/more",
            BACK + "?extra=1",
            BACK + "#x",
            BACK.replace("https", "http"),
            BACK.upper(),
            BACK.replace("/back", "/%62ack"),
            "https://reader.example.org@evil.example/back",
            "https://evil.example/back",
            "http://127.0.0.1:9/other",
            "http://localhost/back",
            "javascript:alert(1)",
            "",
        ],
    )
    def test_never_sends_the_user_to_an_address_that_is_not_registered(self, browser, app, uri):
        answer = browser.get(asking(app, redirect_uri=uri))

        assert (answer.status_code, "Location" in answer) == (400, False)
        assert 'role="alert"' in answer.content.decode()

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"code_challenge": None}, "invalid_request"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"code_challenge_method": None}, "invalid_request"),
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"scope": "openid read:graph"}, "invalid_scope"),
            ({"scope": "first_party"}, "invalid_scope"),
        ],
    )
    def test_tells_the_app_what_it_did_wrong(self, browser, app, change, error):
        answer = browser.get(asking(app, **change))

        assert answer.status_code == 302
        assert answer["Location"].startswith(BACK)
        assert f"error={error}" in answer["Location"]

    @pytest.mark.parametrize("change", [{"client_id": "nobody"}, {"client_id": "\0"}, {"redirect_uri": "\0"}])
    def test_shows_what_cannot_be_told_to_an_app(self, browser, app, change):
        assert browser.get(asking(app, **change)).status_code == 400

    def test_takes_no_consent_that_the_user_did_not_give(self, browser, app):
        page = browser.get(asking(app)).content.decode()
        body = {"request": hidden(page, "request"), "scopes": SCOPES.split(), "action": "grant"}

        assert browser.post("/identity/o/authorize", body).status_code == 403


class TestSilentConsent:
    """What a user gave to one app is nothing to another, nor more than was given to that one."""

    def test_is_not_lent_to_another_app(self, tokens, browser, ada):
        other = make_app(ada.id, name="Other")

        assert silently(browser, other)["error"] == "consent_required"
        assert silently(browser, other, scope="openid")["error"] == "consent_required"

    def test_does_not_widen(self, tokens, browser, app):
        assert silently(browser, app, scope=f"{SCOPES} email")["error"] == "consent_required"

    def test_ends_with_what_was_granted(self, tokens, browser, app, ada):
        withdraw_consent(ada.id, app.id)

        assert silently(browser, app)["error"] == "consent_required"

    def test_is_nobody_elses(self, tokens, app, make_account):
        make_account("ben", email="ben@example.org", password=PASSWORD)
        browser = Client(enforce_csrf_checks=True)
        log_in(browser, login="ben")

        assert silently(browser, app)["error"] == "consent_required"

    def test_tells_a_stranger_to_log_in(self, app):
        assert silently(Client(), app)["error"] == "login_required"

    def test_names_a_scope_that_is_none(self, browser, app):
        assert silently(browser, app, scope="openid bogus")["error"] == "invalid_scope"


class TestLogInPage:
    @pytest.mark.parametrize("change", [{"password": "wrong and long"}, {"login": "nobody"}, {"login": "\0"}])
    def test_tells_nothing_but_that_it_did_not_work(self, ada, change):
        answer = log_in(Client(enforce_csrf_checks=True), **change)

        assert answer.status_code == 400
        assert "Name and password do not fit together." in answer.content.decode()

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


class TestGrants:
    def test_are_listed_and_withdrawn(self, http, browser, app, tokens, ada):
        from modules.accounts.services.sessions import issue_session_token

        session = issue_session_token(ada.id, now=clock.now())
        [listed] = http("GET", "/v1/me/apps", X_Session_Token=session).body["data"]
        assert (listed["id"], listed["name"]) == (app.id, "Reader")
        assert listed["scopes"] == sorted(SCOPES.split())

        assert http("DELETE", f"/v1/me/apps/{app.id}", X_Session_Token=session).status == 204

        assert me(tokens["access_token"]) == 401
        assert http("GET", "/v1/me/apps", X_Session_Token=session).body["data"] == []
        assert http("DELETE", f"/v1/me/apps/{app.id}", X_Session_Token=session).status == 404
        assert TokenFamily.objects.count() == 0
        assert AppRow.objects.count() == 1


class TestChosenAddress:
    """The address that a user picks on the consent page is the one that an app hears, unseen as well."""

    SCOPES = "openid email"

    @pytest.fixture
    def chosen(self, ada) -> EmailAddress:
        return EmailAddress.objects.create(user_id=ada.id, email="second@example.org", verified=True)

    @pytest.fixture
    def chooser(self, browser, app, chosen):
        page = browser.get(asking(app, scope=self.SCOPES)).content.decode()
        body = {
            "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
            "request": hidden(page, "request"),
            "scopes": self.SCOPES.split(),
            "email": chosen.email,
            "action": "grant",
        }
        location = browser.post("/identity/o/authorize", body)["Location"]
        assert fetch(app, code=parse_qs(urlsplit(location).query)["code"][0]).status_code == 200
        return browser

    def test_stays_chosen(self, chooser, app):
        code = silently(chooser, app, scope=self.SCOPES)["code"]
        token = fetch(app, code=code).json()["access_token"]
        who = Client().get("/identity/o/api/userinfo", headers={"Authorization": f"Bearer {token}"})

        assert who.json()["email"] == "second@example.org"

    def test_is_asked_for_anew_when_it_is_given_up(self, chooser, app, chosen):
        chosen.delete()

        assert silently(chooser, app, scope=self.SCOPES)["error"] == "consent_required"
