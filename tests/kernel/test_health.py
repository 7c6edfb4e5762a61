"""Liveness asks nobody; readiness needs the directory and Redis, and reports the rest."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import HttpRequest

from config import health
from modules.kernel.redis.client import RedisSettings, count_trips
from sharding.testing import count_queries


class TestHealthz:
    def test_answers_without_asking_anybody(self, api, db):
        with count_trips() as trips, count_queries() as queries:
            answer = api.get("/healthz")

        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert (trips.trips, queries.total) == (0, 0)

    def test_answers_with_nothing_else_alive(self, api, no_redis):
        assert api.get("/healthz").status_code == 200


@pytest.fixture
def _looking_anew(monkeypatch):
    """A process that has not looked yet."""
    monkeypatch.setattr(health, "_last", health._Last())


@pytest.mark.usefixtures("_looking_anew")
class TestReadyz:
    def test_says_that_all_is_there(self, api, db):
        answer = api.get("/readyz")

        assert answer.status_code == 200
        assert answer.json() == {
            "status": "ready",
            "directory": "ok",
            "redis": "ok",
            "instances": {"a": "ok", "b": "ok", "a_replica1": "ok"},
            "redis_of_instances": {"a": "ok", "b": "ok"},
        }

    def test_does_not_fail_for_a_dead_instance(self, api, db, stack):
        stack.kill("b")

        answer = api.get("/readyz")

        assert (answer.status_code, answer.json()["instances"]["b"]) == (200, "away")

    def test_fails_without_the_directory(self, api, db, stack):
        stack.kill("default")

        answer = api.get("/readyz")

        assert answer.status_code == 503
        assert (answer.json()["status"], answer.json()["directory"]) == ("not_ready", "away")

    def test_fails_without_redis(self, api, db, no_redis):
        answer = api.get("/readyz")

        assert (answer.status_code, answer.json()["redis"]) == (503, "away")
        assert answer.json()["redis_of_instances"] == {"a": "away", "b": "away"}

    def test_does_not_fail_for_the_redis_of_an_instance(self, api, db, settings):
        settings.REDIS = {**settings.REDIS, "b": RedisSettings(url="redis://127.0.0.1:1/0")}

        answer = api.get("/readyz")

        assert (answer.status_code, answer.json()["redis"]) == (200, "ok")
        assert answer.json()["redis_of_instances"] == {"a": "ok", "b": "away"}

    def test_fails_without_the_redis_beside_the_directory(self, api, db, settings):
        settings.REDIS = {**settings.REDIS, "directory": RedisSettings(url="redis://127.0.0.1:1/0")}

        answer = api.get("/readyz")

        assert (answer.status_code, answer.json()["redis"]) == (503, "away")
        assert answer.json()["redis_of_instances"] == {"a": "ok", "b": "ok"}

    def test_looks_once_for_all_who_ask_within_a_second(self, api, db):
        request = HttpRequest()
        with count_trips() as trips, ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: health.ready(request), range(40)))

        assert {answer.status_code for answer in answers} == {200}
        assert trips.trips == 1

    def test_tells_what_is_known_while_one_looks(self, api, db, stack):
        api.get("/readyz")
        health._last.at = 0.0
        stack.kill("default")
        with health._last._lock:
            told = api.get("/readyz")

        assert told.status_code == 200
        assert api.get("/readyz").status_code == 503

    def test_never_takes_longer_than_its_patience(self, api, db, stack):
        stack.kill("a")
        stack.kill("b")

        started = time.monotonic()
        api.get("/readyz")

        assert time.monotonic() - started < 1.5
