"""Whatever is asked of `/v1/`, by whatever method: it is counted once, against whom it was."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.test import Client

from modules.audit.models import AuditEntry
from modules.kernel import limits
from modules.kernel.limits import Cost, Limit
from modules.kernel.redis.servers import redis
from tests.kit.callers import credentials, make_world
from tests.kit.requests import patterns

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")
ADDRESS = "127.0.0.1"
NAMES = {
    "user_id": "7",
    "post_id": "7",
    "type": "like",
    "draft_id": "7",
    "list_id": "7",
    "notification_id": "7",
    "issue_id": "7",
    "token": "none",
    "media_id": "7",
    "export_id": "7",
    "timeline": "home",
    "tag": "forest",
    "finished": "7",
    "key_id": "7",
    "session_id": "7",
    "device_id": "018f3a5d-7c2e-7b1a-9c4d-2e6f8a0b1c3d",
    "app_id": "none",
    "username": "ada",
}
ELSEWHERE = [
    *("/v1/no/such/path", "/v1//", "/v1/posts/", "/v1/openapi.json/", "/v1/posts/x", "/v1/\0", "/v1/%ff"),
    *("/no/such/path", "/docs/assets/none.js", "/.well-known/none", "/.well-known/jwks.json"),
]


def paths() -> list[str]:
    """Return an address of every path under `/v1/`, and some that nothing answers."""
    ours = sorted({path for path, _ in patterns() if path.startswith("v1/")})
    return ["/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda name: NAMES[name[1]], path) for path in ours]


def counted(limit: Limit, key: str) -> int:
    """Return what somebody has spent of a limit; the first look begins the count."""
    redis_key = limits._key(Cost(limit, key))
    return int(redis("a").run(("GET", redis_key))[0] or 0)


def ask(method: str, path: str, **headers: str) -> int:
    """Send a request and return its status."""
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    return Client(raise_request_exception=False).generic(method, path, headers=sent).status_code


def cost(method: str, path: str, limit: Limit, key: str, **headers: str) -> int:
    """Return how many requests of a limit one is counted as."""
    before = counted(limit, key)
    ask(method, path, **headers)
    return (counted(limit, key) - before) // limit.interval


@pytest.fixture(autouse=True)
def wide(settings):
    """Count in hours, so that nothing comes back while a test looks."""
    names = {
        "anonymous": "anonymous",
        "guesses": "bad-credentials",
        "reads": "read",
        "writes": "write",
    }
    figures = {field: Limit(name, 10_000, 36_000) for field, name in names.items()}
    settings.LIMITS = limits.LimitSettings().with_limits(*figures.values())
    for limit in figures.values():
        limits.acquire(Cost(limit, ADDRESS))
    return SimpleNamespace(**figures)


@pytest.mark.parametrize("path", paths() + [path for path in ELSEWHERE if path.startswith("/v1/")])
class TestARequest:
    def test_with_credentials_that_nobody_holds_is_one_guess_of_its_address(self, path, wide):
        # Who unsubscribes is asked for nothing but the link.
        limit = wide.anonymous if path.startswith("/v1/unsubscriptions/") else wide.guesses
        costs = {method: cost(method, path, limit, ADDRESS, X_Session_Token="nobody's") for method in METHODS}

        assert costs == dict.fromkeys(METHODS, 1)

    def test_of_nobody_is_one_of_its_address(self, path, wide):
        costs = {method: cost(method, path, wide.anonymous, ADDRESS) for method in METHODS}

        assert costs == dict.fromkeys(METHODS, 1)


class TestElsewhere:
    @pytest.mark.parametrize("path", [path for path in ELSEWHERE if not path.startswith("/v1/")])
    @pytest.mark.parametrize("headers", [{}, {"X_Session_Token": "nobody's"}])
    def test_is_one_of_its_address_whatever_it_brings(self, path, headers, wide):
        assert cost("GET", path, wide.anonymous, ADDRESS, **headers) == 1


class TestACaller:
    @pytest.mark.parametrize("path", ["/v1/no/such/path", "/v1/openapi.json", "/v1/posts", "/v1/me"])
    def test_is_counted_where_nothing_answers(self, path, wide):
        world = make_world()
        headers = credentials("token", world, None)
        key = str(world.owner.id)
        for limit in (wide.reads, wide.writes):
            limits.acquire(Cost(limit, key))

        assert [cost("OPTIONS", path, wide.reads, key, **headers)] == [1]
        assert [cost("BREW", path, wide.writes, key, **headers)] == [1]

    def test_that_acts_for_a_user_is_counted_before_it_is_on_record(self, settings):
        world = make_world()
        headers = credentials("on_behalf", world, None)
        settings.LIMITS = limits.LimitSettings().with_limits(Limit("app", 1, 36_000))

        answers = [ask("GET", "/v1/me", **headers) for _ in range(2)]

        assert answers == [200, 429]
        assert AuditEntry.objects.filter(app_id=world.app, action="request").count() == 1
