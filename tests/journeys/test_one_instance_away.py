"""
One server is frozen, killed or stands still: its own users hear so within a second, the others nothing.

Twelve people use the API in closed loops, six at home on each instance. Times are short, and bounds know
how slow the machine is without an outage; `python -m benchmarks.outage` prints the figures of a whole outage.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from benchmarks.patrons import Patron, Reply, make_patrons, quantile, run_all
from modules.kernel.redis.servers import redis
from tests.kit.client import Client
from tests.kit.delivery import drain
from tests.kit.machines import Api, Machines, until

pytestmark = pytest.mark.django_db

SHARDS = {"a": range(6), "b": range(4090, 4096)}
# Processes as they are served: in threads that read in parallel, and watch the replicas.
SERVED = {"DJANGO_SETTINGS_MODULE": "config.settings.base"}
BEFORE_S, OUTAGE_S, SETTLE_S = 2.0, 4.0, 2.0
PROMISE_S = 1.2


@dataclass
class Town:
    """Twelve people and the API that they use."""

    api: Api
    people: list[Patron]

    def have_written_since(self, moment: float) -> bool:
        """Tell whether everybody has published a post since."""
        return all(any(r.is_written and r.at > moment for r in list(one.replies)) for one in self.people)

    def live_through(self, begin: Callable[[], None], end: Callable[[], None]) -> Replies:
        """Let everybody use the API while something happens to a server, and until they can write again."""
        times: list[float] = []

        def happen() -> None:
            until(lambda: self.have_written_since(0.0))
            times.append(time.monotonic())
            time.sleep(BEFORE_S)
            begin()
            times.append(time.monotonic())
            time.sleep(OUTAGE_S)
            times.append(time.monotonic())
            end()
            until(lambda: self.have_written_since(times[2]))

        run_all(self.people, happen)
        return Replies(self.people, *times)


@dataclass
class Replies:
    """What people were answered, and when it happened."""

    people: list[Patron]
    started: float
    began: float
    over: float

    @property
    def before(self) -> list[Reply]:
        """What everybody was answered while all was well."""
        return [
            reply
            for one in self.people
            for reply in one.replies
            if self.started <= reply.at < self.began - 0.5
        ]

    def to(self, instance: str, *, after: float = 0.0) -> list[Reply]:
        """Return the answers to what the users of an instance asked during the outage."""
        return [
            reply
            for one in self.people
            if one.instance == instance
            for reply in one.replies
            if self.began + after <= reply.at and reply.ended <= self.over
        ]

    def back_after(self, instance: str) -> float:
        """Return how long after the end the first of an instance's users could write."""
        written = [
            reply.ended
            for one in self.people
            if one.instance == instance
            for reply in one.replies
            if reply.is_written and reply.ended > self.over
        ]
        return min(written) - self.over


@pytest.fixture
def town(stack: Machines) -> Town:
    """People who follow their neighbors; the first and the last live on different instances."""
    people = [one for group in make_patrons(SHARDS).values() for one in group]
    drain()
    api = stack.run_api(**SERVED)
    port = int(api.url.rpartition(":")[2])
    return Town(api, [one.at(port) for one in people])


def statuses(replies: list[Reply]) -> Counter[int]:
    return Counter(reply.status for reply in replies)


def p95(replies: list[Reply]) -> float:
    """Return what one in twenty waits longer for: of so few, one in a hundred is the slowest of all."""
    return quantile([reply.seconds for reply in replies], 0.95)


def undisturbed(told: Replies) -> float:
    """Return what is no more than the machine's own unrest; who hangs waits for seconds."""
    return max(3 * p95(told.before), 0.5)


class TestAnInstance:
    @pytest.mark.parametrize("how", ["frozen", "killed"])
    def test_that_is_away_hurts_its_own_users_only_and_not_for_long(self, stack, town, how):
        begin, end = (stack.freeze, stack.thaw) if how == "frozen" else (stack.kill, stack.start)

        told = town.live_through(lambda: begin("b"), lambda: end("b"))

        theirs = told.to("b")
        assert set(statuses(theirs)) == {200, 503}
        assert statuses([reply for reply in theirs if reply.method == "POST"]).keys() == {503}
        assert p95(theirs) < PROMISE_S + p95(told.before)
        assert set(statuses(told.to("a"))) <= {200, 201}
        assert p95(told.to("a", after=SETTLE_S)) < undisturbed(told)
        assert told.back_after("b") < 5

    def test_that_is_frozen_is_said_to_be_so_as_a_problem(self, stack, town):
        patron = next(one for one in town.people if one.instance == "b")
        client = Client(town.api.url, patron.token)
        assert client.call("POST", "/v1/posts", {"text": "before"}).status == 201

        stack.freeze("b")
        answer = client.call("POST", "/v1/posts", {"text": "while"})

        assert (answer.status, answer.body["code"]) == (503, "unavailable")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "2"
        assert answer.body["outcome"] == "none"

    def test_that_is_frozen_leaves_what_is_its_own_out_of_lists_and_names_it(self, stack, town):
        here, there = town.people[0], town.people[-1]
        post_id = Client(town.api.url, there.token).post("there")
        drain()
        client = Client(town.api.url, here.token)
        redis("a").run(("FLUSHALL",))
        assert client.call("GET", "/v1/timelines/home").body["partial"] is False
        for kind in ("post", "user"):
            redis("a").run(("DEL", *redis("a").run(("KEYS", f"{kind}:*"))[0]))

        stack.freeze("b")
        page = client.call("GET", "/v1/timelines/home")

        assert (page.status, page.body["partial"], page.body["missing"]) == (200, True, [post_id])


class TestAReplica:
    def test_that_is_frozen_hurts_nobody(self, stack, town):
        told = town.live_through(lambda: stack.freeze("a_replica1"), lambda: stack.thaw("a_replica1"))

        for instance in SHARDS:
            assert set(statuses(told.to(instance))) <= {200, 201}
            assert p95(told.to(instance, after=SETTLE_S)) < undisturbed(told)

    def test_that_stands_still_is_left_before_marks_are_forgotten_and_taken_again(self, stack, town):
        author = next(one for one in town.people if one.instance == "a")
        client = Client(town.api.url, author.token)

        def own_posts() -> list[str]:
            # As after thirty seconds: nothing is known of what the author wrote.
            redis("a").run(("DEL", f"ryw:{author.id}"))
            return [card["text"] for card in client.call("GET", f"/v1/users/{author.id}/posts").body["data"]]

        def processes_without_it() -> int:
            # A process watches from its first read on, so there is somebody who reads.
            own_posts()
            output = str(town.api.output())
            return output.count("replica_stands_still") - output.count("replica_caught_up")

        with stack.paused_replay("a_replica1"):
            client.post("mine")
            until(lambda: processes_without_it() == 2)
            shown = [own_posts() for _ in range(10)]

        assert shown == [["mine"]] * 10
        until(lambda: processes_without_it() == 0)


class TestOthers:
    def test_of_the_directory_known_users_need_nothing(self, stack, town):
        told = town.live_through(lambda: stack.freeze("default"), lambda: stack.thaw("default"))

        for instance in SHARDS:
            assert set(statuses(told.to(instance))) <= {200, 201}

    def test_of_a_frozen_redis_all_is_made_anew(self, stack, town):
        told = town.live_through(lambda: stack.freeze("redis"), lambda: stack.thaw("redis"))

        for instance in SHARDS:
            assert set(statuses(told.to(instance))) <= {200, 201}
            assert p95(told.to(instance)) < PROMISE_S + p95(told.before)
