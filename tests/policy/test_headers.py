"""Every header that an answer carries is in the contract, whoever asks; of signing in too."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.test import Client

from modules.kernel.http import limiting
from modules.kernel.limits import Limit
from tests.kit.callers import CALLERS, credentials, make_world
from tests.kit.declared import undeclared
from tests.kit.http import call
from tests.kit.requests import BODIES, routes

pytestmark = pytest.mark.django_db

ROUTES = {route.id: route for route in routes()}
SIGN_UP = {"username": "ada", "email": "ada@example.org", "password": "correct horse battery"}


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.LIMITS = replace(settings.LIMITS, is_on=True)
    yield
    limiting._guessers.clear()


def ask(operation_id: str, url: str, **headers: str) -> tuple[int, set[str]]:
    """Return the status of an answer, and which of its headers nobody promised."""
    method = ROUTES[operation_id].method
    answer = call(method, url, BODIES.get(operation_id), as_=None, **headers)
    return answer.status, undeclared(method, url, answer.status, answer.headers)


@pytest.mark.parametrize("operation_id", sorted(ROUTES))
class TestOperation:
    def test_answers_nobody_with_an_undeclared_header(self, operation_id):
        route, world = ROUTES[operation_id], make_world()
        if route.operation.spec.conditional and route.method == "PATCH":
            extra = {"If_Match": "*"}
        else:
            extra = {"Idempotency_Key": "once"} if route.method == "POST" else {}
        found = {}
        scope = route.operation.spec.scope
        # All of them first: who may deletes what the others hold.
        sent = {caller: credentials(caller, world, scope) | extra for caller in CALLERS}
        for caller, headers in sent.items():
            # Twice: the second is a repeat, or of what is there no more.
            for time in ("first", "again"):
                found[caller, time] = ask(operation_id, route.url(world.names()), **headers)[1]

        assert found == {asked: set() for asked in found}

    def test_refuses_with_no_undeclared_header(self, operation_id, settings):
        route, world = ROUTES[operation_id], make_world()
        url = route.url(world.names())
        bad = ask(operation_id, url, X_Session_Token="nobody's")
        two = ask(operation_id, url, X_Session_Token="a", Authorization="Bearer b")
        settings.LIMITS = settings.LIMITS.with_limits(Limit("anonymous", 1, 3600))
        limited = [ask(operation_id, url) for _ in range(2)][1]

        assert [bad, two, limited] == [(401, set()), (401, set()), (429, set())]


class TestSignIn:
    @pytest.mark.parametrize("client", ["app", "browser"])
    def test_answers_with_no_undeclared_header(self, client):
        api = Client(raise_request_exception=False)
        base = f"/auth/{client}/v1"
        found = {}
        for method, path, body in [
            ("GET", "/config", None),
            ("GET", "/auth/session", None),
            ("POST", "/auth/signup", SIGN_UP),
            ("POST", "/auth/signup", {}),
            ("POST", "/auth/login", {"username": "ada", "password": "wrong and long"}),
            ("POST", "/auth/login", {"username": "ada", "password": SIGN_UP["password"]}),
            ("GET", "/auth/session", None),
            ("GET", "/account/email", None),
            ("DELETE", "/auth/session", None),
            ("PUT", "/auth/login", {}),
        ]:
            sent = {"X-Session-Token": "nobody's"} if client == "app" and method == "GET" else {}
            answer = api.generic(
                method, base + path, json.dumps(body or {}), "application/json", headers=sent
            )
            headers = [*answer.headers, *(["Set-Cookie"] if answer.cookies else [])]
            found[method, path, answer.status_code] = undeclared(
                method, base + path, answer.status_code, headers
            )

        assert found == {asked: set() for asked in found}
