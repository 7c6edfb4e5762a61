"""Methods that a path of signing in does not have: refused before anything is read, and counted too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client, override_settings

from modules.accounts.models import Session
from modules.kernel.limits import Limit
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db

LOG_IN = "/auth/app/v1/auth/login"
RIGHT = {"username": "ada", "password": PASSWORD}


@pytest.fixture
def limits():
    """Limits that are on, with room for two requests from one address to whatever signs in."""
    limits = replace(settings.LIMITS, is_on=True).with_limits(Limit("sign-in", 2, 300))
    with override_settings(LIMITS=limits):
        yield


class TestMethods:
    @pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "GET", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
    def test_that_a_view_lacks_try_nothing(self, http, ada, method):
        answer = http(method, LOG_IN, RIGHT)

        assert (answer.status, answer.headers["Allow"]) == (405, "POST")
        assert Session.objects.count() == 0

    def test_name_head_beside_get(self, http):
        assert http("PUT", "/auth/app/v1/config").headers["Allow"] == "GET, HEAD"

    def test_answer_head_as_get_and_try_no_code_that_it_brings(self, http, sign_up, ada):
        answer = http("HEAD", "/auth/app/v1/auth/email/verify", {"key": "123456"})

        assert answer.status == http("GET", "/auth/app/v1/auth/email/verify").status

    @pytest.mark.parametrize("path", ["/identity/o/authorize", "/identity/o/logout", "/identity/login"])
    def test_take_no_put_for_a_post(self, path):
        answer = Client().put(path)

        assert (answer.status_code, answer["Allow"]) == (405, "GET, POST, HEAD")


class TestCounting:
    @pytest.mark.parametrize("method", ["OPTIONS", "GET", "POST", "BREW"])
    @pytest.mark.parametrize("path", [LOG_IN, "/auth/app/v1/config", "/identity/login", "/auth/nowhere"])
    def test_comes_before_everything_else(self, http, limits, path, method):
        for _ in range(2):
            http.client.generic(method, path, b"not json", content_type="application/json")

        refused = http(method, path, b"not json")

        assert (refused.status, refused.body["code"]) == (429, "limit_reached")
        assert "'sign-in' is 2 in 300 seconds" in refused.body["detail"]
