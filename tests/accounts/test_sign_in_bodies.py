"""What strangers send to sign in is short, or nobody looks at it."""

from __future__ import annotations

import pytest
from django.test import Client

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


class TestABody:
    @pytest.mark.parametrize("method", ["POST", "GET"])
    @pytest.mark.parametrize("path", PATHS)
    def test_beyond_the_limit_is_refused(self, path, method):
        answer = Client().generic(method, path, b" " * (LIMIT + 1), content_type=PATHS[path])

        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")

    @pytest.mark.parametrize("path", PATHS)
    def test_at_the_limit_is_looked_at(self, path):
        assert Client().generic("POST", path, b" " * LIMIT, content_type=PATHS[path]).status_code != 413
