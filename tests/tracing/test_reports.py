"""One request is one trace, from nginx to the last task; an error is one event; nobody's data leaves."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from django.test import RequestFactory
from opentelemetry.trace import get_current_span

from config.tracing import proxy
from sharding.ids import shard_of
from tests.kit.canaries import find_in_text
from tests.kit.client import PASSWORD
from tests.kit.machines import until
from tests.tracing.sinks import Span
from tests.tracing.system import System

TEXT = "Nobody else's business"
FORGED = f"00-{'a' * 32}-{'b' * 16}-01"
# After which a post may be refused, by an error that repeats it.
ODD = "ALTER TABLE posts_post"
# What a subscriber cannot read: it has no author.
BROKEN = (
    "INSERT INTO outbox_delivery (event_id, subscriber, owner_id, name, payload) VALUES"
    f" (1, 'timelines.fan_out', 1, 'x', '{{\"post_id\": 1, \"traceparent\": \"{FORGED}\"}}')"
)


def path_to(name: str, spans: list[Span]) -> list[tuple[str, str]]:
    """Return the services and names of spans from the first one to that of a name."""
    by_id = {span.id: span for span in spans}
    [at] = [span for span in spans if span.name == name]
    found = [at]
    while at.parent_id:
        at = by_id[at.parent_id]
        found.append(at)
    return [(span.service, span.name) for span in reversed(found)]


class TestTrace:
    def test_leads_from_nginx_to_the_last_task(self, system: System):
        posted = system.ask("POST", "/v1/posts", {"text": TEXT}, Traceparent=FORGED)

        trace_id = system.trace_of(posted)
        last = ("proxy", "send timelines.fan_out", "run timelines.fan_out")
        spans = system.await_spans(trace_id, *last)
        assert path_to("EVALSHA PUBLISH tl", spans) == [
            ("banyan-nginx", "proxy"),
            ("banyan-api", "publish_post"),
            ("banyan-api", "writing_for"),
            ("banyan-relay", "send timelines.fan_out"),
            ("banyan-worker", "run timelines.fan_out"),
            ("banyan-worker", "process timelines.fan_out"),
            ("banyan-worker", "EVALSHA PUBLISH tl"),
        ]
        assert {span.parent_id for span in spans} - {span.id for span in spans} == {""}
        assert [span for span in spans if span.failed] == []
        assert system.sinks.trace("a" * 32) == []

    def test_tells_of_a_statement_the_shard_the_instance_and_the_verb(self, system: System):
        posted = system.ask("POST", "/v1/posts", {"text": "Hello"})

        spans = system.await_spans(system.trace_of(posted), "proxy")
        [written] = [span.attributes for span in spans if span.name == "INSERT posts_post"]
        [commit] = [span for span in spans if span.name == "COMMIT" and span.service == "banyan-api"]
        shard = shard_of(int(system.ann.id))
        assert written["banyan.verb"] == "writing_for"
        assert int(written["banyan.shard"]) == int(commit.attributes["banyan.shard"]) == shard
        assert written["banyan.instance"] in ("a", "b")
        assert "VALUES (next_id(%(shard)s), %(author_id)s, %(text)s" in written["db.query.text"]

    def test_is_named_in_the_lines_of_the_log(self, system: System):
        posted = system.ask("POST", "/v1/posts", {"text": "Hello"})

        trace_id, request_id = system.trace_of(posted), posted.headers["X-Request-Id"]
        [line] = [line for line in system.api.output().splitlines() if request_id in line]
        assert f'"trace_id":"{trace_id}"' in line

    def test_stays_with_each_of_many_in_one_message(self, system: System):
        until(system.stack.outbox_is_empty)  # what is left would be the first of the message
        system.relay.freeze()
        first, second = (
            system.trace_of(system.ask("POST", "/v1/posts", {"text": "Hello"})) for _ in range(2)
        )
        system.relay.thaw()

        system.await_spans(first, "run timelines.fan_out")
        last = ("proxy", "send timelines.fan_out", "process timelines.fan_out")
        spans = system.await_spans(second, *last)
        [processed] = [span for span in spans if span.name == "process timelines.fan_out"]
        assert path_to("process timelines.fan_out", spans)[-2] == ("banyan-relay", "send timelines.fan_out")
        assert processed.links == (first,)

    @pytest.mark.parametrize("is_taken", [False, True])
    def test_is_taken_from_a_proxy_alone(self, settings, is_taken):
        settings.TRACE_FROM_PROXY = is_taken
        request = RequestFactory().get("/", headers={"Traceparent": FORGED})

        with proxy.spanning(request):
            assert get_current_span().get_span_context().is_valid is is_taken


class TestEvent:
    def test_is_sent_of_a_bug_and_names_its_trace(self, system: System):
        # What PostgreSQL says of it holds the row.
        for instance in ("a", "b"):
            system.stack.run_sql(instance, f"{ODD} ADD CONSTRAINT no_odd_posts CHECK (text NOT LIKE 'Odd%')")
        try:
            failed = system.ask("POST", "/v1/posts", {"text": f"Odd: {TEXT}"}, Cookie=f"x={PASSWORD}")
        finally:
            for instance in ("a", "b"):
                system.stack.run_sql(instance, f"{ODD} DROP CONSTRAINT no_odd_posts")

        assert failed.status_code == 500
        trace_id = system.trace_of(failed)
        until(lambda: system.sinks.events)
        [event] = system.sinks.events
        assert event["contexts"]["trace"]["trace_id"] == event["tags"]["trace_id"] == trace_id
        assert event["tags"]["request_id"] == failed.headers["X-Request-Id"]
        assert (event["tags"]["service"], event["release"], event["environment"]) == (
            *("api", "2026.11", "tests"),
        )
        told = [(each["type"], each["value"]) for each in event["exception"]["values"]]
        words = "SQLSTATE 23514 constraint no_odd_posts"
        assert told == [("CheckViolation", words), ("IntegrityError", words)]
        assert {"request", "user", "extra"} & set(event) == set()
        [publish] = [span for span in system.await_spans(trace_id, "proxy") if span.name == "publish_post"]
        assert publish.failed

    def test_is_sent_once_of_a_delivery_that_fails_again_and_again(self, system: System):
        before = len(system.sinks.events)
        system.stack.run_sql("a", BROKEN)
        try:
            until(lambda: system.worker.output().count('"delivery.failed"') >= 3)
        finally:
            system.stack.run_sql("a", "DELETE FROM outbox_delivery WHERE event_id = 1")

        until(lambda: len(system.sinks.events) > before)
        [event] = system.sinks.events[before:]
        assert event["tags"]["subscriber"] == "timelines.fan_out"
        assert event["contexts"]["trace"]["trace_id"] == "a" * 32
        spans = system.await_spans("a" * 32, "process timelines.fan_out")
        assert [span.attributes["error.type"] for span in spans if span.failed][:1] == ["TypeError"]

    def test_is_none_of_a_refusal_or_an_outage(self, system: System):
        before = len(system.sinks.events)
        refused = system.ask("POST", "/v1/posts", {"text": " "})
        system.stack.kill("a")
        system.stack.kill("b")
        away = system.ask("POST", "/v1/posts", {"text": "Hello"})
        for instance in ("a", "b"):
            system.stack.start(instance)

        assert (refused.status_code, away.status_code) == (400, 503)
        until(system.stack.outbox_is_empty)
        system.await_spans(system.trace_of(away), "proxy")
        assert len(system.sinks.events) == before


class TestSinks:
    def test_are_told_nothing_about_anybody(self, system: System):
        """After all of the above: passwords, texts, addresses and tokens went through."""
        said = system.sinks.said.decode(errors="replace")

        assert find_in_text(said) == []
        for secret in (system.ann.token, system.ben.token, system.ann.username, TEXT):
            assert str(secret) not in said
        assert "publish_post" in said

    def test_that_do_not_answer_keep_nobody_waiting_and_lose_nothing(self, system: System):
        with system.sinks.silent():
            began = time.monotonic()
            for number in range(10):
                assert system.ask("POST", "/v1/posts", {"text": f"Post {number}"}).status_code == 201
            took = time.monotonic() - began
            until(lambda: system.ben.home()[:1] == ["Post 9"])
            until(lambda: '"instance":"collector"' in system.api.output())
            system.worker.stop()

        # The exporter waits 3 s for one answer.
        assert took < 3
        until(system.stack.outbox_is_empty)
        again = system.trace_of(system.ask("GET", "/v1/timelines/home"))
        system.await_spans(again, "get_home_timeline")


class TestOff:
    def test_loads_nothing(self):
        asked = (
            "import sys, config.wsgi, config.celery\n"
            "names = ('opentelemetry', 'sentry', 'protobuf', 'config.tracing', 'config.reporting')\n"
            "print([name for name in sys.modules if any(each in name for each in names)])\n"
            "from sharding import outbox\n"
            "print(outbox.on_record)"
        )

        done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

        assert done.stdout == "[]\n[]\n"
