"""What strangers send to sign in is short, or nobody looks at it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from config.settings.accounts import social
from modules.accounts.models import Session
from modules.kernel.limits import Limit

pytestmark = pytest.mark.django_db

LIMIT = 32_768
FORM = "application/x-www-form-urlencoded"
PATHS = {
    "/auth/app/v1/auth/login": "application/json",
    "/auth/browser/v1/auth/signup": "application/json",
    "/auth/browser/v1/auth/provider/redirect": FORM,
    "/identity/login": FORM,
    "/identity/o/api/token": FORM,
    "/identity/apple/login/callback/": FORM,
}
APPLE = {"provider": "apple", "client_id": "a", "secret": "b", "key": "c", "settings": {}}
CALLBACKS = [
    *("apple/login/callback/", "apple/login/callback/finish/", "github/login/callback/"),
    *("google/login/callback/", "oidc/odd/login/callback/"),
]


def send_back(**more: str):
    """Come back from Apple, as far as a stranger can say so."""
    form = "&".join(f"{name}={value}" for name, value in {"state": "s", "code": "y", **more}.items())
    return Client().post("/identity/apple/login/callback/", form, content_type=FORM)


class TestABody:
    @pytest.mark.parametrize(
        ("body", "kind", "status"),
        [(b" " * 262_145, "application/json", 413), (b"{}", "application/json; charset=hex", 415)],
    )
    @pytest.mark.parametrize("path", ["/auth/app/v1/auth/login", "/identity/login", "/auth/nothing"])
    def test_that_is_refused_unread_is_counted_all_the_same(self, settings, path, body, kind, status):
        narrow = Limit("sign-in", 2, 300)
        settings.LIMITS = replace(settings.LIMITS, is_on=True).with_limits(narrow)

        statuses = [Client().generic("POST", path, body, content_type=kind).status_code for _ in range(3)]

        assert statuses == [status, status, 429]

    @pytest.mark.parametrize("method", ["POST", "GET"])
    @pytest.mark.parametrize("path", PATHS)
    def test_beyond_the_limit_is_refused(self, path, method):
        answer = Client().generic(method, path, b" " * (LIMIT + 1), content_type=PATHS[path])

        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")

    @pytest.mark.parametrize("path", PATHS)
    def test_at_the_limit_is_looked_at(self, path):
        assert Client().generic("POST", path, b" " * LIMIT, content_type=PATHS[path]).status_code != 413


class TestTheWayBackFromAProvider:
    @pytest.mark.parametrize("method", ["POST", "GET"])
    @pytest.mark.parametrize("path", CALLBACKS)
    def test_is_none_and_stores_nothing_where_no_provider_is_configured(self, path, method):
        form = "state=s&code=y&user=u&id_token=t"

        answer = Client().generic(method, f"/identity/{path}?{form}", form.encode(), content_type=FORM)

        assert (answer.status_code, Session.objects.count()) == (404, 0)

    def test_stores_what_a_log_in_needs(self, settings):
        settings.SOCIALACCOUNT_PROVIDERS = social([APPLE])["SOCIALACCOUNT_PROVIDERS"]

        assert send_back(user="u" * 2000, id_token="t" * 8000).status_code == 302
        assert Session.objects.count() == 1

        answer = send_back(user="u" * 10_000, id_token="t" * 8000)

        assert (answer.status_code, Session.objects.count()) == (413, 1)
