"""What a browser's page of another origin may do."""

import pytest

from tests.journeys.client import Client

pytestmark = pytest.mark.django_db

OURS = "https://app.example.org"


@pytest.fixture(scope="module")
def origins():
    return {"BANYAN_CORS_ORIGINS": OURS}


@pytest.fixture
def api(stack, origins):
    return Client(stack.run_api(**origins).url)


class TestCors:
    def test_lets_a_listed_origin_read_answers_and_their_headers(self, api):
        answer = api.call("GET", "/v1/users?ids=1", Origin=OURS)

        assert answer.headers["access-control-allow-origin"] == OURS
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "RateLimit" in answer.headers["access-control-expose-headers"]

    def test_lets_it_ask_beforehand(self, api):
        asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "idempotency-key"}

        answer = api.call("OPTIONS", "/v1/posts", Origin=OURS, **asked)

        assert answer.status == 200
        assert "idempotency-key" in answer.headers["access-control-allow-headers"]

    def test_lets_no_other_origin_in(self, api):
        for origin in ("null", "https://app.example.org.evil.example", "http://app.example.org", "*"):
            answer = api.call("GET", "/v1/users?ids=1", Origin=origin)

            assert "access-control-allow-origin" not in answer.headers
