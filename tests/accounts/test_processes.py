"""Two real servers: what one of them is told, the other obeys in time."""

from __future__ import annotations

import time

import pytest

from modules.accounts.services.accounts import end_all_sessions
from modules.accounts.services.sessions import end_session, issue_session_token
from modules.kernel import clock
from tests.kit.http import send
from tests.kit.machines import until
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db


def statuses(servers: list[str], token: str) -> list[int]:
    return [send(url, "GET", "/v1/me", X_Session_Token=token).status for url in servers]


@pytest.fixture
def servers(stack) -> list[str]:
    return [stack.run_api().url, stack.run_api().url]


@pytest.fixture
def signed_up(servers) -> tuple[int, str]:
    """Ada's id, and a token of hers that both servers have seen."""
    body = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
    answer = send(servers[0], "POST", "/auth/app/v1/auth/signup", body).body
    token = answer["meta"]["session_token"]
    assert statuses(servers, token) == [200, 200]
    return int(answer["data"]["user"]["id"]), token


class TestRevocation:
    def test_acts_in_every_process_within_two_seconds(self, servers, signed_up):
        user_id, token = signed_up
        other = issue_session_token(user_id, now=clock.now())
        assert statuses(servers, other) == [200, 200]

        begun = time.monotonic()
        end_session(token)
        until(lambda: statuses(servers, token) == [401, 401])
        logged_out = time.monotonic() - begun
        begun = time.monotonic()
        end_all_sessions(user_id)
        until(lambda: statuses(servers, other) == [401, 401])
        revoked = time.monotonic() - begun

        # Two seconds, and what a busy machine needs to ask.
        assert max(logged_out, revoked) < 3


class TestRedis:
    def test_may_stop_and_come_back_without_logging_anybody_out(self, servers, signed_up, stack):
        _, token = signed_up

        stack.stop_redis()
        away = statuses(servers, token)
        stack.start_redis()
        back = statuses(servers, token)

        assert (away, back) == ([200, 200], [200, 200])
