"""Clients of both kinds, and accounts to use them with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from modules.accounts.schemas import Identity
from modules.accounts.services.accounts import create_account
from modules.accounts.services.principals import forget_kept
from modules.kernel import hot

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PASSWORD = "a long walk home"


@dataclass
class Answer:
    """What a client got."""

    status: int
    body: Any
    headers: Any


class Http:
    """Django's test client, speaking JSON and enforcing CSRF."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        response = self.client.generic(method, path, data, content_type="application/json", headers=names)
        return Answer(response.status_code, json.loads(response.content or b"null"), response.headers)

    @property
    def csrf(self) -> str:
        return self.client.cookies["csrf"].value


@pytest.fixture(autouse=True)
def _clean_process() -> None:
    """A process must not remember the sessions of an earlier test."""
    forget_kept()
    reconnect()


def reconnect() -> None:
    """Take a new Redis client, whose breaker knows of no outage in an earlier test."""
    hot.hot().close()
    hot._client.cache_clear()


@pytest.fixture
def http() -> Http:
    return Http()


@pytest.fixture
def sign_up(http: Http):
    """Sign up through the app client."""

    def sign_up(username: str = "ada", **changes: Any) -> Answer:
        body = {"username": username, "email": f"{username}@example.org", "password": PASSWORD} | changes
        return http("POST", "/auth/app/v1/auth/signup", body)

    return sign_up


@pytest.fixture
def ada(db) -> Identity:
    return create_account(username="ada", email="ada@example.org", password=PASSWORD, now=NOON)


@pytest.fixture
def make_account(db):
    def make_account(username: str, *, email: str | None = None, password: str | None = None) -> Identity:
        return create_account(username=username, email=email, password=password, now=NOON)

    return make_account


@pytest.fixture
def recorded(db):
    """The payloads of an event in the directory's outbox."""

    def recorded(name: str) -> list[dict[str, Any]]:
        with connections["default"].cursor() as cursor:
            cursor.execute("select payload::text from outbox_event where name = %s order by id", [name])
            return [json.loads(payload) for (payload,) in cursor.fetchall()]

    return recorded
