"""What a browser's page of another origin may do; in a browser: tests/contract/test_foreign_front_ends.py."""

import socket
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

import openapi
from tests.kit.client import Client
from tests.kit.http import Response

pytestmark = pytest.mark.django_db

OURS = "https://app.example.org"
STRANGERS = ("null", "https://app.example.org.evil.example", "http://app.example.org", "*", "")
TOKEN, USER_INFO, REVOKE = (f"/identity/o/api/{name}" for name in ("token", "userinfo", "revoke"))
OPEN = [
    *("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"),
    *("/.well-known/jwks.json", TOKEN, USER_INFO, REVOKE),
]
# What every answer has and no page needs, and what Fetch lets any page read.
PLAIN = {
    *("access-control-allow-credentials", "access-control-allow-origin", "access-control-expose-headers"),
    *("allow", "connection", "content-security-policy", "date", "referrer-policy", "server", "set-cookie"),
    *("vary", "x-content-type-options", "x-frame-options"),
    *("cache-control", "content-language", "content-length", "content-type", "expires", "pragma"),
}


@pytest.fixture(scope="module")
def api(machines_of_module):
    return Client(machines_of_module.run_api(BANYAN_CORS_ORIGINS=f"{OURS},https://other.example.org").url)


@pytest.fixture(scope="module")
def contract():
    return yaml.load(Path(openapi.__file__).with_name("banyan.yaml").read_bytes(), yaml.CSafeLoader)


def ask(api: Client, path: str, method: str = "POST", *headers: str, origin: str = OURS) -> Response:
    """Ask beforehand, as a browser does."""
    asked = {"Access_Control_Request_Method": method, "Access_Control_Request_Headers": ",".join(headers)}
    return api.call("OPTIONS", path, Origin=origin, **asked)


def allowed(answer: Response, kind: str) -> set[str]:
    return set(answer.headers.get(f"access-control-{kind}", "").lower().split(", "))


def named(part: object) -> set[str]:
    """Return every header that a part of the contract names as read, found without the code under test."""
    if isinstance(part, list):
        return set().union(*map(named, part))
    if not isinstance(part, dict):
        return set()
    own = {part["name"].lower()} if part.get("in") == "header" and "name" in part else set()
    return own.union(*map(named, part.values()))


class TestListedOrigins:
    def test_read_answers_and_their_headers(self, api):
        answer = api.call("GET", "/v1/users?ids=1", Origin=OURS)

        assert answer.headers["access-control-allow-origin"] == OURS
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "RateLimit" in answer.headers["access-control-expose-headers"]
        assert answer.headers["vary"] == "Origin"

    def test_send_every_header_that_the_contract_names(self, api, contract):
        headers = named(contract) | {name.lower() for name in contract["x-common-headers"]["request"]}

        answer = ask(api, "/v1/posts", "POST", *headers)

        assert answer.status == 200
        assert {"idempotency-key", "if-match", "x-session-token", "x-email-verification-key"} <= headers
        assert headers | {"authorization", "content-type", "x-csrftoken"} <= allowed(answer, "allow-headers")
        assert allowed(answer, "allow-methods") == {"get", "post", "put", "patch", "delete"}

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/v1/users?ids=1"),
            ("GET", "/v1/me"),
            ("POST", "/v1/posts"),
            ("GET", "/v1/nothing"),
            ("OPTIONS", "/v1/posts"),
            ("GET", "/auth/browser/v1/config"),
            ("POST", "/auth/browser/v1/auth/login"),
            ("GET", "/auth/app/v1/auth/session"),
            ("POST", TOKEN),
            ("GET", USER_INFO),
        ],
    )
    def test_read_every_header_that_an_answer_has(self, api, method, path):
        answer = api.call(method, path, Origin=OURS)

        assert answer.headers["access-control-allow-origin"] == OURS
        assert answer.headers.keys() - PLAIN <= allowed(answer, "expose-headers")

    def test_are_not_told_of_each_other(self, api):
        answer = api.call("GET", "/v1/users?ids=1")

        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-origin" not in answer.headers


class TestRefusals:
    def test_of_the_edge_can_be_read(self, machines_of_module):
        api = Client(machines_of_module.run_api(BANYAN_CORS_ORIGINS=OURS, BANYAN_LIMITS="on").url)
        bad = {"Authorization": "Bearer nobody"}
        answers = (api.call("GET", "/v1/me", Origin=OURS, **bad) for _ in range(200))

        refused = next(answer for answer in answers if answer.status != 401)

        assert (refused.status, refused.headers["access-control-allow-origin"]) == (429, OURS)
        assert "retry-after" in allowed(refused, "expose-headers")
        # To ask beforehand brings no credentials and is no use of what strangers have.
        assert ask(api, "/v1/me", "GET", "authorization").status == 200

    def test_of_another_host_can_be_read(self, api):
        answer = api.call("GET", "/v1/me", Origin=OURS, Host="evil.example")

        assert (answer.status, answer.headers["access-control-allow-origin"]) == (400, OURS)

    @pytest.mark.parametrize(
        ("method", "target", "fields", "status", "read_by"),
        [
            ("GET", "/v1/me", [f"X: {'x' * 9_000}"], 431, OURS),
            ("GET", "/v1/me", [f"X{number}: {'x' * 8_000}" for number in range(9)], 431, OURS),
            ("POST", "/identity/o/api/token", ["Transfer-Encoding: gzip"], 400, OURS),
            ("GET", "http://localhost/v1/me#x", [], 400, OURS),
            ("GET", f"/v1/{'x' * 5_000}", [], 414, OURS),
            ("GET", "/docs", ["X : y"], 400, None),
            ("GET", "http://[/v1/me", [], 400, None),
            ("GET", "/v1/me", ["X : y", "Origin: https://evil.example"], 400, None),
            ("HEAD", "/v1/me", ["X : y"], 400, OURS),
            ("HEAD", "/v1/me", [f"X{number}: {'x' * 8_000}" for number in range(9)], 431, OURS),
        ],
        ids=str,
    )
    def test_of_the_server_can_be_read(self, api, method, target, fields, status, read_by):
        head = [f"{method} {target} HTTP/1.1", "Host: localhost", f"Origin: {OURS}", *fields, "", ""]

        with socket.create_connection((urlsplit(api.url).hostname, urlsplit(api.url).port), 10) as wire:
            wire.sendall("\r\n".join(head).encode())
            answer = HTTPResponse(wire, method=method)
            answer.begin()
            content = answer.read() + wire.recv(1)

        assert (answer.status, answer.headers.get("Access-Control-Allow-Origin")) == (status, read_by)
        assert (len(content) == 0) == (method == "HEAD")

    def test_of_a_question_with_a_body_come_before_it_is_tried(self, api):
        asked = {"Access_Control_Request_Method": "POST"}

        answer = api.call("OPTIONS", "/auth/app/v1/auth/login", {"username": "a"}, Origin=OURS, **asked)

        assert answer.status == 405


class TestStrangers:
    @pytest.mark.parametrize("origin", STRANGERS)
    def test_read_nothing_that_a_cookie_could_open(self, api, origin):
        for path in ("/v1/users?ids=1", "/v1/me", "/auth/browser/v1/config", "/auth/app/v1/config"):
            answer = api.call("GET", path, Origin=origin)

            assert "access-control-allow-origin" not in answer.headers
        for path in ("/v1/posts", "/auth/browser/v1/auth/login"):
            answer = ask(api, path, "POST", "content-type", "x-csrftoken", "x-session-token", origin=origin)

            assert answer.status == (204 if path.startswith("/v1/") else 405)
            assert "access-control-allow-methods" not in answer.headers
            assert "access-control-allow-origin" not in answer.headers

    @pytest.mark.parametrize("path", OPEN)
    def test_take_part_in_oauth_without_cookies(self, api, path):
        beforehand = ask(api, path, "POST", "authorization", origin="https://stranger.example")
        answer = api.call("GET", path, Origin="https://stranger.example")

        for each in (beforehand, answer):
            assert each.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in each.headers
        assert (beforehand.status, "authorization" in allowed(beforehand, "allow-headers")) == (200, True)

    def test_call_the_api_with_a_token_that_they_show(self, api):
        origin = "https://stranger.example"

        beforehand = ask(api, "/v1/me", "PATCH", "Authorization", "If-Match", origin=origin)
        answer = api.call("GET", "/v1/me", Origin=origin, Authorization="Bearer nobody")

        assert (beforehand.status, answer.status) == (200, 401)
        for each in (beforehand, answer):
            assert each.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in each.headers
        assert "www-authenticate" in allowed(answer, "expose-headers")

    @pytest.mark.parametrize("path", ["authorize", "logout"])
    @pytest.mark.parametrize("origin", [OURS, "https://stranger.example"])
    def test_never_read_a_page_that_people_see(self, api, path, origin):
        answer = ask(api, f"/identity/o/{path}", "GET", "authorization", origin=origin)

        assert (answer.status, "access-control-allow-origin" in answer.headers) == (405, False)


class TestOpenPaths:
    def test_are_those_that_the_discovery_document_names(self, api, contract):
        told = api.call("GET", "/.well-known/openid-configuration").body
        called = {
            value.removeprefix(told["issuer"])
            for name, value in told.items()
            if name.endswith(("_endpoint", "_uri"))
        }
        # People go there; no page calls them.
        pages = {"/identity/o/authorize", "/identity/o/logout"}

        assert called - pages == {*OPEN} - {path for path in OPEN if path.startswith("/.well-known/o")}


class TestOrigins:
    @pytest.mark.parametrize(
        "origins", ["*", "https://app.example.org/", "https://App.example.org", "app.example.org", "null"]
    )
    def test_that_no_browser_writes_stop_the_start(self, origins):
        from environs import ValidationError

        from config.env import _origins

        with pytest.raises(ValidationError, match="expected https://"):
            _origins(origins)
