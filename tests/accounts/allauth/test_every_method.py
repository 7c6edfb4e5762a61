"""
Every method to every path under `/auth/` and `/identity/`: none is uncounted, none that a path lacks acts.

The paths are those of the URLconf, so that a new one is asked the same. What is sent is right: password, code
of a second factor, keys; a method that is looked at before it is refused would use them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from modules.accounts.api.allauth.methods import list_methods
from modules.kernel.limits import Limit
from modules.kernel.redis.servers import redis
from tests.accounts.kit import CountingHasher
from tests.accounts.second_factors import APP, log_in_half, secret, session
from tests.kit.http import Http
from tests.kit.people import PASSWORD

__all__ = ["secret", "session"]  # fixtures

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW")
STATES = ("out", "half", "in")
# Where the method that ends the session is tried last.
LAST = (
    "/auth/app/v1/auth/session",
    "/auth/browser/v1/auth/session",
    "/identity/logout",
    "/identity/unverified",
)
TABLES = "select format('%I', tablename) from pg_tables where schemaname = 'public' order by 1"


def walk(patterns: Any, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """Every path with its view; what a path has in angle brackets is filled in."""
    for entry in patterns:
        path = prefix + re.sub(r"<[^>]+>", "oidc", str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, path)
        elif isinstance(entry, URLPattern) and path.startswith(("/auth/", "/identity/")):
            yield path, entry.callback


PATHS = sorted(walk(get_resolver("config.urls").url_patterns), key=lambda each: (each[0] in LAST, each[0]))


@dataclass
class Caller:
    """Somebody who sends all that would do anything."""

    token: str
    browser: Http
    body: dict[str, Any]

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        is_app = path.startswith("/auth/app/")
        # As it comes from gunicorn: whatever the method, there is a body.
        http = Http() if is_app else self.browser
        names = {"X-Email-Verification-Key": "AAAA", "X-Password-Reset-Key": "AAAA"} if body is None else {}
        names |= {"X-Session-Token": self.token} if is_app and self.token else {}
        names |= {} if is_app else {"X-CSRFToken": http.csrf}
        return http.client.generic(
            method, path, json.dumps(self.body if body is None else body), "application/json", headers=names
        )


@pytest.fixture
def caller(request, http, session, secret, settings):
    """Ada at one of three stages, in an app and in a browser."""
    codes = http("GET", f"{APP}/account/authenticators/recovery-codes", X_Session_Token=session)
    one, other = codes.body["data"]["unused_codes"][:2]
    state, browser = request.param, Http()
    browser.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser("GET", "/auth/browser/v1/config")
    if state != "out":
        _log_in(browser, code=other if state == "in" else None)
    token = {"out": "", "half": log_in_half(http) if state == "half" else "", "in": session}[state]
    body = {"username": "ada", "email": "vera@example.org", "password": PASSWORD, "code": one, "key": one}
    body |= {
        "current_password": PASSWORD,
        "new_password": "a longer walk home",
        "login": "ada",
        "primary": True,
    }
    sign_in = Limit("sign-in", 100_000, 10_000_000)
    settings.LIMITS = replace(settings.LIMITS, is_on=True).with_limits(sign_in)
    settings.PASSWORD_HASHERS = [
        "tests.accounts.kit.CountingHasher",
        *settings.PASSWORD_HASHERS,
    ]
    CountingHasher.count = 0
    return Caller(token, browser, body)


def _log_in(browser: Http, *, code: str | None) -> None:
    path, csrf = "/auth/browser/v1/auth", {"X_CSRFToken": browser.csrf}
    assert browser("POST", f"{path}/login", {"username": "ada", "password": PASSWORD}, **csrf).status == 401
    if code:
        csrf = {"X_CSRFToken": browser.csrf}
        assert browser("POST", f"{path}/2fa/authenticate", {"code": code}, **csrf).status == 200


def left_of(response: Any) -> int:
    """What the answer says is left to its address."""
    match = re.fullmatch(r'"sign-in";r=(\d+);t=\d+', response.headers["RateLimit"])
    assert match, response.headers
    return int(match[1])


def everything() -> tuple[str, list[bytes]]:
    """A digest of all rows of the directory, sessions and mails among them, and every limit but that one."""
    with connections["default"].cursor() as cursor:
        cursor.execute(TABLES)
        tables = [table for (table,) in cursor.fetchall()]
        cursor.execute(" union all ".join(f"(select t::text from {table} t order by 1)" for table in tables))
        rows = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    [keys] = redis("directory").run(("KEYS", "r[lq]:*"))
    counted = [key for key in sorted(keys) if not key.startswith(b"rl:sign-in:")]
    return rows, counted + redis("directory").run(*(("DUMP", key) for key in counted))


@pytest.mark.parametrize("caller", STATES, indirect=True)
class TestEveryMethod:
    def test_that_a_path_lacks_is_counted_and_does_nothing(self, caller):
        before, left = everything(), None

        for path, view in PATHS:
            allowed = [*list_methods(view), *(["HEAD"] if "GET" in list_methods(view) else [])]
            for method in set(METHODS) - set(allowed):
                answer = caller.send(method, path)
                assert (method, path, answer.status_code) == (method, path, 405)
                assert left is None or left_of(answer) == left - 1, (method, path)
                left = left_of(answer)

        assert everything() == before
        assert CountingHasher.count == 0

    def test_that_a_path_has_is_counted_once_and_bears_what_is_no_input(self, caller):
        left = None

        for path, view in PATHS:
            for method in list_methods(view):
                answer = caller.send(method, path, {})
                assert answer.status_code < 500, (method, path)
                assert left is None or left_of(answer) == left - 1, (method, path)
                left = left_of(answer)


def test_paths_are_those_of_both_clients_and_of_the_pages():
    paths = {path for path, _ in PATHS}

    assert {"/auth/app/v1/auth/login", "/auth/browser/v1/auth/login", "/identity/login"} <= paths
    assert "/identity/o/api/token" in paths
