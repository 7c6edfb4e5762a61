"""What is refused where people are is said on a page, not as JSON."""

from dataclasses import replace

import pytest
from django.conf import settings as configured
from django.test import Client

from modules.accounts.services.sign_in_limits import SIGN_IN
from modules.kernel import limits
from modules.kernel.limits import Limit

pytestmark = pytest.mark.django_db


@pytest.fixture
def limited(settings):
    settings.LIMITS = replace(configured.LIMITS, is_on=True).with_limits(Limit("sign-in", 1, 300))
    limits.acquire(limits.Cost(SIGN_IN, "127.0.0.1"))


class TestRefusals:
    @pytest.mark.parametrize("path", ["login", "second-factor", "o/authorize", "o/logout"])
    def test_are_read_by_people_as_a_page(self, limited, path):
        answer = Client().get(f"/identity/{path}", HTTP_ACCEPT="text/html,*/*")

        assert (answer.status_code, answer["Content-Type"]) == (429, "text/html; charset=utf-8")
        assert 'role="alert"' in answer.content.decode()
        assert 0 < int(answer["Retry-After"]) <= 300

    @pytest.mark.parametrize("path", ["login", "o/api/userinfo"])
    def test_are_read_by_programs_as_a_problem(self, limited, path):
        answer = Client().get(f"/identity/{path}")

        assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")


class TestConsent:
    def test_that_was_forged_is_refused_on_a_page(self):
        answer = Client().post("/identity/o/authorize", {"request": "forged:forged"})

        assert (answer.status_code, answer["Content-Type"]) == (403, "text/html; charset=utf-8")
