"""Front ends of other origins in a browser: strangers' by OAuth, one's own at a sibling host by cookie."""

from __future__ import annotations

import base64
import hashlib
import json
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from sharding import shard_map
from sharding.ids import shard_of
from tests.contract.front_ends import FrontEnd
from tests.contract.third_party import register
from tests.kit.client import PASSWORD, Client

pytestmark = pytest.mark.django_db

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
SIGN_UP = {"username": "eve", "email": "eve@example.org", "password": PASSWORD}

# What a page calls, as its own code would: the answer, or that the browser did not let it have one.
FETCH = """async ([url, asked]) => {
  try {
    const answer = await fetch(url, asked);
    const text = await answer.text();
    const headers = Object.fromEntries(answer.headers);
    return {status: answer.status, headers, body: text ? JSON.parse(text) : null};
  } catch (fault) { return {status: 0, headers: {}, body: String(fault)}; }
}"""


def call(tab: Page, url: str, method: str = "GET", body: Any = None, **more: Any) -> dict[str, Any]:
    """Fetch from the page that the tab shows; a form if the body is text."""
    headers = more.pop("headers", {})
    if body is not None and not isinstance(body, str):
        headers, body = {"Content-Type": "application/json", **headers}, json.dumps(body)
    elif body is not None:
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    asked = {"method": method, "headers": headers, **({"body": body} if body is not None else {}), **more}
    return dict(tab.evaluate(FETCH, [url, asked]))


@pytest.fixture(scope="module")
def api(machines_of_module, front_end: FrontEnd) -> str:
    """The API as `api.example.test`, with a front end of its own at a sibling host."""
    ours = front_end.at("app.example.test")
    settings = {
        "BANYAN_ALLOWED_HOSTS": "api.example.test,127.0.0.1",
        "BANYAN_CORS_ORIGINS": f"{ours},{front_end.at('reader.example.test')}",
        "BANYAN_TRUSTED_ORIGINS": ours,
    }
    return str(machines_of_module.run_api(**settings).url)


@pytest.fixture
def host(api) -> str:
    return str(api).replace("127.0.0.1", "api.example.test")


@pytest.fixture
def own(front_end: FrontEnd, tab) -> Page:
    """The operator's own front end."""
    tab.goto(front_end.at("app.example.test"))
    return tab


def sign_up_beside_a_replica(api: str) -> Client:
    """Sign up until somebody lives where there is a replica: only they are told how fresh it has to be."""
    return next(
        client
        for number in count()
        if shard_map.alias_of(shard_of(int((client := Client(api).sign_up(f"ada{number}")).id))) == "a"
    )


class TestStranger:
    def test_finishes_oauth_and_calls_the_api(self, api, host, front_end, tab):
        ada = sign_up_beside_a_replica(api)
        back = f"{front_end.at('localhost')}/cb"
        app = register(
            ada, type="public", redirect_uris=[back], grant_types=["authorization_code", "refresh_token"]
        )
        tab.goto(back)
        told = call(tab, f"{host}/.well-known/openid-configuration")
        keys = call(tab, f"{host}/.well-known/jwks.json")
        assert (told["status"], keys["status"]) == (200, 200)
        asked = {
            "client_id": app["id"],
            "redirect_uri": back,
            "response_type": "code",
            "scope": "openid read:profiles write:posts",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        tab.goto(f"{host}/identity/o/authorize?{urlencode(asked)}")
        tab.get_by_label("Username or email").fill(ada.username)
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_role("button", name="Log in").click()
        tab.get_by_role("button", name="Allow").click()
        expect(tab.get_by_role("heading", name="An app of somebody else")).to_be_visible()

        sent = {
            "grant_type": "authorization_code",
            "code": parse_qs(urlsplit(tab.url).query)["code"][0],
            "redirect_uri": back,
            "client_id": app["id"],
            "code_verifier": VERIFIER,
        }
        given = call(tab, f"{host}/identity/o/api/token", "POST", urlencode(sent))
        assert given["status"] == 200, given
        bearer = {"Authorization": f"Bearer {given['body']['access_token']}"}
        known = call(tab, f"{host}/identity/o/api/userinfo", headers=bearer)
        post = call(
            tab, f"{host}/v1/posts", "POST", {"text": "From afar"}, headers={**bearer, "Idempotency-Key": "k"}
        )
        renewal = {
            "grant_type": "refresh_token",
            "refresh_token": given["body"]["refresh_token"],
            "client_id": app["id"],
        }
        renewed = call(tab, f"{host}/identity/o/api/token", "POST", urlencode(renewal))
        ended = {"token": renewed["body"]["access_token"], "client_id": app["id"]}
        revoked = call(tab, f"{host}/identity/o/api/revoke", "POST", urlencode(ended))

        assert (known["status"], known["body"]["sub"]) == (200, ada.id)
        assert (post["status"], "banyan-freshness" in post["headers"]) == (201, True)
        assert (renewed["status"], revoked["status"]) == (200, 200)

    def test_reads_what_was_wrong(self, host, front_end, tab):
        tab.goto(front_end.at("localhost"))

        refused = call(tab, f"{host}/identity/o/api/token", "POST", "grant_type=password")
        unknown = call(tab, f"{host}/v1/me", headers={"Authorization": "Bearer nobody"})

        assert (refused["status"], refused["body"]["error"]) == (400, "unsupported_grant_type")
        assert (unknown["status"], unknown["body"]["code"]) == (401, "unauthorized")
        assert "www-authenticate" in unknown["headers"]

    def test_reads_nothing_by_the_cookie_of_who_looks_at_it(self, host, front_end, own, tab):
        call(own, f"{host}/auth/browser/v1/config", credentials="include")
        tab.goto(front_end.at("stranger.test"))

        for path in ("/v1/me", "/auth/browser/v1/auth/session", "/identity/o/authorize", "/identity/login"):
            for credentials in ("include", "omit"):
                assert call(tab, f"{host}{path}", credentials=credentials)["status"] == 0


class TestSibling:
    def start(self, own: Page, host: str) -> str:
        """Ask who is logged in, as a front end does when it opens, and return the token against forgery."""
        asked = call(own, f"{host}/auth/browser/v1/auth/session", credentials="include")
        assert asked["status"] == 401
        return str(asked["headers"]["x-csrftoken"])

    def write(self, own: Page, url: str, token: str, body: Any, method: str = "POST") -> dict[str, Any]:
        return call(own, url, method, body, credentials="include", headers={"X-CSRFToken": token})

    def test_signs_up_writes_and_logs_out_by_cookie(self, host, own):
        signed_up = self.write(own, f"{host}/auth/browser/v1/auth/signup", self.start(own, host), SIGN_UP)
        assert signed_up["status"] == 200, signed_up
        token = signed_up["headers"]["x-csrftoken"]

        post = self.write(own, f"{host}/v1/posts", token, {"text": "Next door"})
        mine = call(own, f"{host}/v1/me", credentials="include")
        out = self.write(own, f"{host}/auth/browser/v1/auth/session", token, None, "DELETE")
        after = call(own, f"{host}/v1/me", credentials="include")

        assert (post["status"], mine["status"]) == (201, 200)
        assert (out["status"], after["status"]) == (401, 401)

    def test_logs_in_and_is_given_the_next_token(self, api, host, own):
        Client(api).sign_up("ada")
        first = self.start(own, host)
        body = {"username": "ada", "password": PASSWORD}

        logged_in = self.write(own, f"{host}/auth/browser/v1/auth/login", first, body)
        assert logged_in["status"] == 200, logged_in
        with_old = self.write(own, f"{host}/v1/posts", first, {"text": "Too old"})
        with_new = self.write(own, f"{host}/v1/posts", logged_in["headers"]["x-csrftoken"], {"text": "New"})

        assert (with_old["status"], with_new["status"]) == (403, 201)

    def test_is_told_the_token_when_it_had_none(self, host, own):
        refused = call(own, f"{host}/auth/browser/v1/auth/login", "POST", {}, credentials="include")
        assert refused["status"] == 403

        again = self.write(own, f"{host}/auth/browser/v1/auth/login", refused["headers"]["x-csrftoken"], {})

        assert again["status"] == 400

    def test_is_told_none_where_it_may_only_read(self, host, front_end, tab):
        tab.goto(front_end.at("reader.example.test"))

        asked = call(tab, f"{host}/auth/browser/v1/auth/session", credentials="include")

        assert (asked["status"], "x-csrftoken" in asked["headers"]) == (401, False)

    def test_is_not_written_for_by_a_stranger(self, host, front_end, own, tab):
        token = self.start(own, host)
        signed_up = self.write(own, f"{host}/auth/browser/v1/auth/signup", token, SIGN_UP)
        token = signed_up["headers"]["x-csrftoken"]
        tab.goto(front_end.at("stranger.example.test"))

        forged = self.write(tab, f"{host}/v1/posts", token, {"text": "Forged"})
        with tab.expect_response(f"{host}/v1/posts") as unasked:
            # Without a header of its own it is sent unasked, and the cookie of the site with it.
            plain = {
                "method": "POST",
                "mode": "no-cors",
                "credentials": "include",
                "body": '{"text": "Forged"}',
            }
            tab.evaluate("([url, asked]) => fetch(url, asked).then(() => null)", [f"{host}/v1/posts", plain])

        assert (forged["status"], unasked.value.status) == (0, 403)
