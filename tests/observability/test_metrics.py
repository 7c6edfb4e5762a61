"""What the processes tell Prometheus, by a live stack of all three kinds of them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.kit.client import Client
from tests.kit.machines import Api, Machines, until
from tests.kit.stub import Stub, answering
from tests.observability.kit import Targets, free_targets, metrics_of_files
from tests.observability.pushed import histogram, metrics_of, number

pytestmark = pytest.mark.django_db

DEAD = (
    "INSERT INTO outbox_delivery (event_id, subscriber, owner_id, name, payload, state)"
    " VALUES (1, 'nobody.hears', 1, 'x', '{}', 'dead')"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A stack, what it tells, and what it told when a post had reached the home of a follower."""

    api: Api
    stack: Machines
    targets: Targets
    collector: Stub
    after_post: dict[str, float]

    def ask(self, series: str) -> float:
        """Return what a series is now; the API is asked for its health first, and so asks every database."""
        httpx.get(f"{self.api.url}/readyz", timeout=5)
        return self.targets.ask()[series]


@pytest.fixture(scope="module")
def collector() -> Iterator[Stub]:
    with answering() as stub:
        stub.decide = lambda asked: (200, {}, b"")
        yield stub


@pytest.fixture(scope="module")
def told(machines_of_module: Machines, collector: Stub, tmp_path_factory: pytest.TempPathFactory) -> Told:
    stack, targets = machines_of_module, free_targets()
    # Who is killed leaves its files.
    env = targets.env | {"BANYAN_WEB_WORKERS": "1", "TMPDIR": str(tmp_path_factory.mktemp("metrics"))}
    env |= {
        "BANYAN_OTLP_ENDPOINT": collector.url,
        "BANYAN_TRACE_RATIO": "0",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
    }
    stack.run_relay(**env)
    stack.run_worker(**env)
    stack.run_realtime(**env)
    api = stack.run_api(**env)
    ben = _follow_and_post(api)
    until(stack.outbox_is_empty)
    for _ in range(2):
        assert len(ben.call("GET", "/v1/timelines/home").body["data"]) == 1
    pushed = 'banyan_delivery_seconds_count{subscriber="timelines.fan_out"}'
    until(lambda: pushed in targets.ask())
    until(lambda: _is_at_rest(targets.ask()))
    return Told(api, stack, targets, collector, targets.ask())


def _follow_and_post(api: Api) -> Client:
    """Have a post published; return who follows its author."""
    ann, ben = (Client(api.url).sign_up(f"{name}_{secrets.token_hex(4)}") for name in ("ann", "ben"))
    assert ben.call("PUT", f"/v1/me/following/{ann.id}").status == 200
    assert ann.call("POST", "/v1/posts", {"text": "Hello, forest"}).status == 201
    for path in ("/nowhere/1", "/nowhere/2"):
        assert httpx.get(api.url + path).status_code == 404
    return ben


def _is_at_rest(found: dict[str, float]) -> bool:
    return all(
        found.get(f'banyan_outbox_{what}{{database="{it}"}}') == 0
        for what in ("waiting", "recorded")
        for it in ("directory", "a", "b")
    )


class TestApi:
    def test_counts_requests_by_operation_and_status(self, told):
        assert told.after_post['banyan_requests_total{operation="publish_post",status="201"}'] == 1
        assert told.after_post['banyan_requests_total{operation="get_home_timeline",status="200"}'] == 2
        assert told.after_post['banyan_request_seconds_count{operation="publish_post"}'] == 1

    def test_names_no_path_that_a_stranger_made_up(self, told):
        assert told.after_post['banyan_requests_total{operation="unrouted",status="404"}'] == 2
        assert not [series for series in told.after_post if "nowhere" in series]

    def test_tells_strangers_at_its_public_port_nothing(self, told):
        assert httpx.get(f"{told.api.url}/metrics").status_code == 404

    def test_says_how_many_of_its_threads_answer(self, told):
        assert told.after_post["banyan_requests_in_progress"] == 0
        assert told.after_post["banyan_request_threads"] == 4

    def test_counts_cards_found_and_not(self, told):
        for result in ("hit", "miss"):
            assert told.after_post[f'banyan_card_reads_total{{kind="post",result="{result}"}}'] == 1


class TestWorker:
    def test_times_each_task_and_each_delivery(self, told):
        # A busy machine lets a lease run out, and then a message comes twice.
        ended = told.after_post['banyan_tasks_total{state="SUCCESS",task="timelines.fan_out"}']
        assert ended == told.after_post['banyan_task_seconds_count{task="timelines.fan_out"}'] > 0
        delivered = told.after_post['banyan_delivery_seconds_count{subscriber="timelines.fan_out"}']
        took = told.after_post['banyan_delivery_seconds_sum{subscriber="timelines.fan_out"}']
        assert 0 < took < 60 * delivered


class TestRelay:
    def test_tells_of_every_database(self, told):
        for database in ("directory", "a", "b"):
            assert told.after_post[f'banyan_database_up{{database="{database}"}}'] == 1
            assert told.after_post[f'banyan_relay_leads{{database="{database}"}}'] == 1
            assert told.after_post[f'banyan_outbox_has_leader{{database="{database}"}}'] == 1
        assert told.after_post['banyan_replica_lag_seconds{database="a_replica1"}'] < 1
        assert told.after_post['banyan_queue_messages{queue="fanout"}'] == 0

    def test_tells_of_a_dead_delivery(self, told):
        told.stack.run_sql("a", DEAD)

        until(lambda: told.targets.ask()['banyan_outbox_dead{database="a"}'] == 1)

        found = told.targets.ask()
        told.stack.run_sql("a", "DELETE FROM outbox_delivery WHERE subscriber = 'nobody.hears'")
        assert found['banyan_subscriber_dead{database="a",subscriber="nobody.hears"}'] == 1
        assert found['banyan_outbox_dead{database="b"}'] == 0


class TestCollector:
    def test_is_told_what_prometheus_is(self, told):
        known = {("banyan-api", "banyan_requests_total"), ("banyan-worker", "banyan_tasks_total")}
        known |= {("banyan-api", "banyan_request_seconds"), ("banyan-relay", "banyan_relay_leads")}
        until(lambda: known <= metrics_of(told.collector).keys())

        found = metrics_of(told.collector)

        whole = told.targets.names()
        assert {name for _, name in found if not {name, f"{name}_count"} & whole} == set()
        published = found["banyan-api", "banyan_requests_total"]
        assert (number(published, operation="publish_post", status="201"), published.sum.is_monotonic) == (
            1,
            True,
        )
        took = histogram(found["banyan-api", "banyan_request_seconds"], operation="publish_post")
        assert (took.count, sum(took.bucket_counts), took.HasField("min")) == (1, 1, False)
        assert len(took.bucket_counts) == len(took.explicit_bounds) + 1
        assert took.sum == told.after_post['banyan_request_seconds_sum{operation="publish_post"}']
        assert number(found["banyan-relay", "banyan_relay_leads"], database="a") == 1


class TestFiles:
    def test_ask_for_all_metrics_that_there_are_and_no_others(self, told):
        told.stack.run_sql("a", DEAD)
        of_subscribers = 'banyan_subscriber_dead{database="a",subscriber="nobody.hears"}'
        until(lambda: told.targets.ask().get(of_subscribers) == 1)

        exported = {name for name in told.targets.names() if name.startswith("banyan_")}
        parts = re.compile("_(created|sum|count)$")
        assert metrics_of_files() - exported == set()
        assert {name for name in exported if not parts.search(name)} - metrics_of_files() == set()


class TestOutage:
    def test_shows_and_is_over_after_it(self, told):
        told.stack.kill("b")
        try:
            until(lambda: told.ask('banyan_database_up{database="b"}') == 0)
            until(lambda: told.ask('banyan_breakers_open{server="b"}') == 1)
        finally:
            told.stack.start("b")

        until(lambda: told.ask('banyan_database_up{database="b"}') == 1)
        until(lambda: told.ask('banyan_breakers_open{server="b"}') == 0)
