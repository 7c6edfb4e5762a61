"""Liveness asks nobody; readiness needs the directory and Redis, and reports the rest."""

import time

from modules.kernel.hot import count_trips
from sharding.testing import count_queries


class TestHealthz:
    def test_answers_without_asking_anybody(self, api, db):
        with count_trips() as trips, count_queries() as queries:
            answer = api.get("/healthz")

        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert (trips.trips, queries.total) == (0, 0)

    def test_answers_with_nothing_else_alive(self, api, no_redis):
        assert api.get("/healthz").status_code == 200


class TestReadyz:
    def test_says_that_all_is_there(self, api, db):
        answer = api.get("/readyz")

        assert answer.status_code == 200
        assert answer.json() == {
            "status": "ready",
            "directory": "ok",
            "redis": "ok",
            "instances": {"a": "ok", "b": "ok", "a_replica1": "ok"},
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

    def test_never_takes_longer_than_its_patience(self, api, db, stack):
        stack.kill("a")
        stack.kill("b")

        started = time.monotonic()
        api.get("/readyz")

        assert time.monotonic() - started < 1.5
