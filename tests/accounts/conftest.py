"""Clients of both kinds, and accounts to use them with."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from modules.accounts.schemas import Identity
from modules.accounts.services.accounts import create_account
from tests.accounts.kit import APP, caller_of, consent, fetch, log_in, make_app
from tests.kit.fixtures import clean_process, http
from tests.kit.http import Http, Response
from tests.kit.people import NOON, PASSWORD

__all__ = ["clean_process", "http"]


@pytest.fixture
def sign_up(http: Http):
    """Sign up through the app client."""

    def sign_up(username: str = "ada", **changes: Any) -> Response:
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
def as_ada(http, ada):
    """Requests of Ada's own app."""
    return caller_of(http, ada.id)


@pytest.fixture
def as_grace(http, make_account):
    return caller_of(http, make_account("grace").id)


@pytest.fixture
def app(ada):
    return make_app(ada.id)


@pytest.fixture
def browser(ada):
    """A browser in which Ada has logged in on the hosted page."""
    browser = Client(enforce_csrf_checks=True)
    log_in(browser)
    return browser


@pytest.fixture
def tokens(browser, app):
    return fetch(app, code=consent(browser, app)["code"]).json()


@pytest.fixture
def registered(as_ada):
    """An app of Ada's, as she sees it who has just registered it."""
    return as_ada("POST", "/v1/apps", APP).body
