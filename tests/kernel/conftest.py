"""A client that sees what a client of the service sees: answers, never exceptions."""

import json

import pytest
from django.db import connections
from django.test import Client

from modules.kernel.redis.client import RedisClient, RedisSettings
from tests.kernel.servers import RedisServer

ADA = 7


class Api:
    """Talks to the kernel's test resources."""

    def __init__(self) -> None:
        self._client = Client(raise_request_exception=False)

    def get(self, path, **headers):
        return self._client.get(path, headers=_named(headers))

    def post(self, path, body=None, *, user=ADA, content_type="application/json", **headers):
        if user is not None:
            headers["x_test_user"] = str(user)
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._client.generic("POST", path, raw, content_type, headers=_named(headers))

    def send(self, method, path, **headers):
        return self._client.generic(method, path, headers=_named(headers))


def _named(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def api(settings) -> Api:
    settings.ROOT_URLCONF = "tests.kernel.urls"
    # Tests that ran before have left some open; the end of a request would look at them.
    connections.close_all()
    return Api()


@pytest.fixture(scope="session")
def redis_of_run(tmp_path_factory):
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def redis(redis_of_run, settings):
    """A running, empty Redis of everybody; a test may kill it and start it again."""
    here = RedisSettings(url=redis_of_run.url, open_seconds=0.05)
    settings.REDIS = dict.fromkeys(settings.REDIS, here)
    RedisClient(here).run(("FLUSHALL",))
    yield redis_of_run
    redis_of_run.restore()


@pytest.fixture
def no_redis(settings):
    """A hot Redis that nobody serves."""
    settings.REDIS = dict.fromkeys(
        settings.REDIS, RedisSettings(url="redis://127.0.0.1:1/0", open_seconds=0.0)
    )
