"""The state of the system, as this process finds it: who may see it, what it costs, what processes tell."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator

import pytest
import structlog
from django.core.management import call_command
from django.db import connections

from config.operations import reports, requests
from config.operations.snapshot import get_status, look
from modules.accounts.public import issue_session_token, set_roles
from modules.kernel import clock
from modules.kernel.http import middleware
from modules.kernel.principals import OPERATOR
from modules.kernel.redis.client import count_trips
from modules.kernel.redis.servers import redis
from tests.kit.http import Http, call
from tests.kit.machines import until
from tests.kit.people import Person, make_person
from tests.kit.redis import redis_away

pytestmark = pytest.mark.django_db

WITHOUT_PROCESSES = [
    *(f"No relay leads {name}." for name in ("directory", "a", "b")),
    *(f"No {kind} is heard of." for kind in ("worker", "relay", "beat")),
]


def connected() -> int:
    """Return how many connections instance `a` has."""
    with connections["a"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


@pytest.fixture
def operator() -> Person:
    person = make_person()
    set_roles(person.id, [OPERATOR])
    return person


@pytest.fixture
def reporting() -> Iterator[None]:
    requests.begin()
    yield
    reports.stop()
    middleware.on_slow.clear()


class TestPage:
    def test_leads_who_is_not_logged_in_to_the_log_in_and_back(self, http: Http):
        answer = http("GET", "/ops")

        assert (answer.status, answer.headers["Location"]) == (302, "/identity/login?next=%2Fops")

    def test_is_for_operators_alone(self, http: Http, operator):
        assert self._as(make_person(), http) == (403, "text/html; charset=utf-8")
        assert self._as(operator, http) == (200, "text/html; charset=utf-8")

    def _as(self, person: Person, http: Http) -> tuple[int, str]:
        http.client.cookies["sid"] = issue_session_token(person.id, now=clock.now())
        answer = http.client.get("/ops")
        return answer.status_code, answer.headers["Content-Type"]


class TestCost:
    def test_of_who_comes_within_a_moment_is_one_trip(self):
        first = get_status()

        with count_trips() as trips:
            second = get_status()

        assert (second, trips.trips) == (first, 1)

    def test_of_the_next_look_is_no_other_connection(self):
        look()
        before = connected()

        look()

        assert connected() == before


class TestCommand:
    def test_says_what_is_wrong_and_ends_with_one(self):
        out = io.StringIO()

        with pytest.raises(SystemExit, match="1"):
            call_command("status", stdout=out)

        assert [line for line in out.getvalue().splitlines() if line.startswith("BAD")] == [
            f"BAD {trouble}" for trouble in WITHOUT_PROCESSES
        ]
        assert "beat      ticked never" in out.getvalue()

    def test_says_the_same_for_machines(self):
        out = io.StringIO()

        with pytest.raises(SystemExit, match="1"):
            call_command("status", "--json", stdout=out)

        assert json.loads(out.getvalue())["troubles"] == WITHOUT_PROCESSES


class TestWithoutRedis:
    def test_databases_are_seen_all_the_same(self, settings):
        with redis_away(settings):
            found = json.loads(get_status())

        assert [each["state"] for each in found["databases"]] == ["ok"] * 4
        assert found["troubles"][3:] == [
            "The Redis of directory, a, b does not answer.",
            *WITHOUT_PROCESSES[3:],
        ]
        assert found["processes"] == []


class TestReports:
    def test_tell_of_errors_where_they_were_met_and_nothing_that_was_sent(self, reporting):
        try:
            int("a secret of somebody's")
        except ValueError as error:
            structlog.get_logger().error("request_failed", request_id="r-1", exc_info=error)
            structlog.get_logger().warning("not_told", exc_info=error)

        until(lambda: look().errors)

        [told] = look().errors
        assert (told.event, told.error, told.request_id) == ("request_failed", "ValueError", "r-1")
        assert told.where.startswith("tests/operations/test_status.py:")
        assert told.process == f"api {os.getpid()}"

    def test_tell_of_requests_that_took_long(self, reporting, monkeypatch):
        call("GET", "/v1/users/1")
        monkeypatch.setattr(middleware, "SLOW_MS", 0.0)
        call("GET", "/v1/posts/1")

        until(lambda: look().slow)

        [told] = look().slow
        assert (told.operation, told.status) == ("get_post", 404)

    @pytest.mark.parametrize("spoiled", [b"garbage", b'{"of": "another release"}'])
    def test_that_nobody_can_read_hide_nothing_else(self, spoiled):
        redis("directory").run(
            ("HSET", reports.PROCESSES, "x", b"1 " + spoiled),
            ("LPUSH", reports.ERRORS, spoiled),
            ("SET", "ops:last", spoiled),
            ("SET", "ops:turn", 1, "PX", 60_000),
        )

        found = json.loads(get_status())

        assert [each["state"] for each in found["databases"]] == ["ok"] * 4
        assert found["errors"] == []

    def test_end_with_the_process(self, reporting):
        until(lambda: os.getpid() in {each.pid for each in look().processes})

        reports.stop()

        until(lambda: os.getpid() not in {each.pid for each in look().processes})
