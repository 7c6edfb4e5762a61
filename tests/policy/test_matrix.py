"""
The policy: every caller tries every operation, and none of either is forgotten.

A caller has one world for all operations: one by one they read it, add to it, and at last take it apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from drf_spectacular.generators import SchemaGenerator

from modules.accounts.services.principals import forget_kept
from modules.kernel.principals import FIRST_PARTY
from modules.kernel.scopes import GRANTABLE
from tests.kit.callers import CALLERS, World, credentials, make_world
from tests.kit.http import Response, call
from tests.kit.requests import BODIES, Route, patterns, routes

POLICY: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("policy.yaml").read_text())
ROUTES = {route.id: route for route in routes()}
METHODS = ("GET", "PUT", "PATCH", "POST", "DELETE")
PEOPLE_ARE_NOT_TO_SAY = (
    *("id", "user", "user_id", "owner", "owner_id", "author_id", "is_staff", "is_superuser", "is_active"),
    *("role", "roles", "shard", "shard_id", "created_at", "like_count", "verified", "epoch", "version"),
)


def expected(operation_id: str, caller: str) -> Any:
    """Return what the policy says that a caller gets."""
    row = POLICY["operations"][operation_id]
    return row.get(caller, POLICY["classes"][row["class"]][caller])


def ask(route: Route, world: World, headers: dict[str, str]) -> Response:
    """Return what an operation on what is an owner's answers."""
    forget_kept()
    if route.operation.spec.conditional and route.method == "PATCH":
        headers = {**headers, "If_Match": "*"}
    if route.operation.spec.key_required:
        headers = {**headers, "Idempotency_Key": "once"}
    return call(route.method, route.url(world.names()), BODIES.get(route.id), as_=None, **headers)


def in_order(ids: Iterable[str]) -> list[Route]:
    """Return operations so that none takes away what a later one needs: leaves go before their stem."""
    routes = [ROUTES[id] for id in sorted(ids)]
    return sorted(routes, key=lambda route: (METHODS.index(route.method), -route.path.count("/")))


class TestPolicy:
    def test_names_every_operation_and_no_other(self):
        assert sorted(POLICY["operations"]) == sorted(ROUTES)

    def test_says_of_every_class_what_each_caller_gets(self):
        assert {tuple(row) for row in POLICY["classes"].values()} == {CALLERS}

    def test_class_is_that_of_the_scope(self):
        classes = {id: row["class"] for id, row in POLICY["operations"].items()}
        scopes = {id: route.operation.spec.scope for id, route in ROUTES.items()}

        assert classes == {
            id: "public" if scope is None else "own" if scope == FIRST_PARTY else "scoped"
            for id, scope in scopes.items()
        }

    def test_uses_every_scope_that_can_be_granted_and_none_beside(self):
        asked = {route.operation.spec.scope for route in ROUTES.values()}

        assert asked == {None, FIRST_PARTY, *GRANTABLE}

    @pytest.mark.django_db
    @pytest.mark.parametrize("caller", CALLERS)
    def test_holds(self, caller):
        world = make_world()
        headers = cache(partial(credentials, caller, world))
        got, told = {}, {}
        for route in in_order(ROUTES):
            # One credential serves for all operations, but where it must lack the scope: an app has ten keys.
            lacks = route.operation.spec.scope if caller == "wrong_token" else None
            answer = ask(route, world, headers(lacks))
            got[route.id] = "allow" if answer.status < 300 else answer.status
            told[route.id] = answer.body

        odd = {id: (got[id], told[id]) for id in ROUTES if got[id] != expected(id, caller)}
        assert odd == {}


class TestUrls:
    def test_are_described_or_say_why_not(self):
        schema: Any = SchemaGenerator().get_schema(request=None, public=True)
        described = {re.sub(r"{\w+}", "<>", path).strip("/") for path in schema["paths"]}

        missing = {path for path, _ in patterns() if not _forms(path) & described}

        assert missing == set(POLICY["undescribed"])


def _forms(path: str) -> set[str]:
    """Return how the contract may write a path: of sign-in, the client is a parameter."""
    plain = re.sub(r"<[^>]+>", "<>", path)
    return {plain, re.sub(r"^auth/(app|browser)/", "auth/<>/", plain)}


class TestBodies:
    def test_are_known_of_every_operation_that_takes_one(self):
        assert set(BODIES) == {id for id, route in ROUTES.items() if route.operation.body}

    @pytest.mark.django_db
    def test_refuse_what_is_not_for_people_to_say(self):
        world = make_world()
        headers = credentials("owner", world, None)
        got = {}
        for route in in_order(BODIES):
            match = {"If_Match": "*"} if route.operation.spec.conditional else {}
            for name in PEOPLE_ARE_NOT_TO_SAY:
                body = BODIES[route.id] | {name: "1"}
                answer = call(route.method, route.url(world.names()), body, as_=None, **headers, **match)
                pointers = [error["pointer"] for error in answer.body.get("errors", [])]
                got[route.id, name] = answer.status, pointers

        assert got == {(id, name): (400, [f"/{name}"]) for id in BODIES for name in PEOPLE_ARE_NOT_TO_SAY}
