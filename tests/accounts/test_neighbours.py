"""Who guesses at tokens is refused unread, and shuts out nobody who shares the address."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from modules.accounts.services.principals import forget_kept
from modules.accounts.services.sessions import end_session, issue_session_token
from modules.kernel import clock
from modules.kernel.http import limiting
from modules.kernel.limits import Limit
from modules.kernel.redis.servers import redis

pytestmark = pytest.mark.django_db

HERE = "198.51.100.7"


@pytest.fixture(autouse=True)
def few(settings):
    settings.LIMITS = replace(settings.LIMITS, is_on=True).with_limits(Limit("bad-credentials", 3, 300))
    yield
    limiting._guessers.clear()


def ask(token: str = "", **cookies: str) -> int:
    browser = Client(REMOTE_ADDR=HERE)
    browser.cookies.load(cookies)
    held = {"X-Session-Token": token} if token else {}
    return browser.get("/v1/me/sessions", headers=held).status_code


def guess() -> None:
    assert [ask(f"nobody-s-{number}") for number in range(5)] == [401] * 3 + [429] * 2


@pytest.fixture
def token(ada) -> str:
    """A session of Ada's that was used here; no process remembers it."""
    token = issue_session_token(ada.id, now=clock.now())
    assert ask(token) == 200
    return token


class TestNeighbour:
    def test_goes_on_in_a_process_that_has_never_seen_them(self, token):
        guess()
        forget_kept()

        assert ask(token) == 200

    def test_goes_on_by_a_browser(self, token):
        guess()

        assert ask(sid=token) == 200

    def test_goes_on_when_what_is_cached_of_them_is_over(self, token):
        guess()
        forget_kept()
        redis("directory").run(
            ("EVAL", "for _, k in ipairs(redis.call('KEYS', 'sess:*')) do redis.call('DEL', k) end", 0)
        )

        assert ask(token) == 200


class TestGuesser:
    def test_is_refused_unread(self, token, django_assert_num_queries):
        guess()

        with django_assert_num_queries(0):
            assert [ask("another"), ask(sid="another"), ask("x" * 200)] == [429] * 3

    def test_is_looked_at_once_with_what_has_ended(self, token, django_assert_num_queries):
        guess()
        end_session(token)
        forget_kept()

        assert ask(token) == 429
        with django_assert_num_queries(0):
            assert ask(token) == 429
