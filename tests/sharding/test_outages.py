"""An outage is told by its name: once when it begins, once when it is over."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.db import DataError, OperationalError

from modules.graph.public import follow, unfollow
from modules.kernel.redis.client import RedisUnavailable
from sharding import outages
from sharding.conf import RelaySettings
from sharding.errors import InstanceUnavailable
from tests.kit.delivery import drain
from tests.kit.http import call
from tests.kit.machines import until
from tests.kit.people import make_person, sign_up
from tests.kit.posts import publish

pytestmark = pytest.mark.django_db

POSTS = 30


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    outages._away.clear()
    with structlog.testing.capture_logs() as lines:
        yield lines
    outages._away.clear()


class TestMet:
    def test_says_it_once_and_counts_the_rest(self, lines):
        for _ in range(2800):
            outages.met("b", OperationalError("secret"))
        outages.over("b")
        outages.over("b")

        assert [(line["event"], line["instance"]) for line in lines] == [
            ("outage", "b"),
            ("outage_over", "b"),
        ]
        assert lines[0]["reason"] == "OperationalError"
        assert lines[1]["times"] == 2800
        assert "secret" not in repr(lines)

    def test_says_it_again_after_a_minute(self, lines):
        outages.met("b", OperationalError())
        outages._away["b"].told -= 61

        outages.met("b", OperationalError())

        assert [(line["event"], line.get("times")) for line in lines] == [("outage", None), ("outage", 2)]


class TestServerOf:
    @pytest.mark.parametrize(
        ("error", "server"),
        [
            (InstanceUnavailable("b"), "b"),
            (InstanceUnavailable("default"), "directory"),
            (OperationalError("lock timeout"), None),
            (RedisUnavailable("gone"), "redis"),
            (DataError(), None),
            (ValueError(), None),
        ],
        ids=repr,
    )
    def test_names_it(self, error, server):
        assert outages.server_of(error) == server


class TestTheApi:
    def test_names_the_instance_once_and_says_when_it_is_back(self, stack, lines):
        vera = sign_up("vera")
        other = make_person(shard=4095)
        stack.kill("b")

        statuses = {call("GET", f"/v1/users/{other.id}/posts", as_=vera).status for _ in range(5)}
        stack.start("b")
        until(lambda: call("GET", f"/v1/users/{other.id}/posts", as_=vera).status == 200)

        told = [(line["event"], line["instance"]) for line in lines if line["event"].startswith("outage")]
        assert statuses == {503}
        assert told == [("outage", "b"), ("outage_over", "b")]


class TestTheWorker:
    def test_writes_a_line_a_process_and_no_traceback(self, stack):
        reader, author = make_person(shard=4095), make_person(shard=0)
        follow(reader.id, author.id)
        followers = [make_person(shard=number) for number in range(5)]
        for follower in followers:
            follow(follower.id, reader.id)
        drain()
        stack.run_relay()
        worker = stack.run_worker()
        stack.kill("b")

        for number in range(POSTS):
            publish(author, f"post {number}")
        follow(author.id, make_person(shard=1).id)
        for follower in followers:
            unfollow(follower.id, reader.id)
        until(lambda: '"outage"' in worker.output())
        stack.start("b")
        until(stack.outbox_is_empty)

        lines = [json.loads(line) for line in worker.output().splitlines() if line.startswith("{")]
        told = Counter(line["event"] for line in lines)
        assert {line["instance"] for line in lines if line["event"] == "outage"} == {"b"}
        # Two processes do the work.
        assert told["outage"] <= 2
        assert set(told) <= {"outage", "outage_over"}
        assert "Traceback" not in worker.output()


class TestALease:
    def test_leads_what_a_killed_worker_held_back_within_ten_seconds(self):
        """Its own runs out, then that of what waited behind it; a new worker needs the rest."""
        assert 2 * RelaySettings().lease_s <= 8
