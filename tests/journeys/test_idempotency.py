"""One Idempotency-Key, one effect: however many send it at once, and wherever the worker dies."""

from __future__ import annotations

import http.client
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from sharding.ids import shard_of
from sharding.shard_map import alias_of
from tests.kit.client import Client
from tests.kit.http import Response
from tests.kit.machines import Api, until

pytestmark = pytest.mark.django_db

# What the last statement of the transaction waits for, once a test has made it wait there.
GATE = 20_261_125
AT_COMMIT = f"""
    CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS $gate$
    BEGIN
        PERFORM set_config('lock_timeout', '0', true);
        PERFORM pg_advisory_xact_lock({GATE});
        RETURN NULL;
    END $gate$;
    CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON posts_post DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION gate()"""


@pytest.fixture
def api(stack):
    # Whoever waits at a gate must still wait when they are killed.
    return stack.run_api(BANYAN_LOCK_TIMEOUT_MS="2000")


@pytest.fixture
def ada(api) -> Client:
    return Client(api.url).sign_up("ada")


@dataclass
class Gate:
    """The author's instance, held so that a transaction of the API waits where a test wants it."""

    connection: psycopg.Connection
    observer: psycopg.Connection

    def close_at(self, point: str) -> None:
        """Let whoever comes to a point wait there."""
        if point == "commit":
            self.observer.execute(AT_COMMIT)
            self.connection.execute("SELECT pg_advisory_xact_lock(%s)", [GATE])
        else:
            self.connection.execute(f"LOCK TABLE {point} IN EXCLUSIVE MODE")

    def has_guest(self) -> bool:
        """Return whether somebody waits."""
        row = self.observer.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
        return row is not None and row[0] > 0

    def open(self) -> None:
        """Let who waits go on."""
        self.connection.rollback()


@pytest.fixture
def gate(stack, ada) -> Iterator[Gate]:
    place = connections[alias_of(shard_of(int(ada.id)))].get_connection_params()
    words = {name: place[name] for name in ("host", "port", "user", "password", "dbname") if name in place}
    with psycopg.connect(**words) as connection, psycopg.connect(**words, autocommit=True) as observer:
        yield Gate(connection, observer)
        connection.rollback()
        observer.execute("DROP FUNCTION IF EXISTS gate CASCADE")


def publish(client: Client) -> Response:
    return client.call("POST", "/v1/posts", {"text": "once"}, Idempotency_Key="k")


def publish_and_lose_the_answer(client: Client) -> None:
    with pytest.raises((http.client.HTTPException, OSError)):
        publish(client)


def publish_in_the_end(client: Client) -> Response:
    """Repeat as a client does: after a broken connection, a 409 and a 503."""
    answers: list[Response] = []

    def is_settled() -> bool:
        try:
            answers.append(publish(client))
        except (http.client.HTTPException, OSError):
            return False
        return answers[-1].status not in (409, 503)

    until(is_settled)
    return answers[-1]


def workers_of(api: Api) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{api.pid}/task/{api.pid}/children").read_text().split()]


def signal_workers(api: Api, number: signal.Signals) -> None:
    for pid in workers_of(api):
        os.kill(pid, number)


def posts_of(client: Client) -> list[str]:
    with connections[alias_of(shard_of(int(client.id)))].cursor() as cursor:
        cursor.execute("SELECT id FROM posts_post WHERE author_id = %s", [int(client.id)])
        return [str(id) for (id,) in cursor.fetchall()]


class TestTwentyAtOnce:
    def test_have_one_effect_and_one_answer(self, ada):
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: publish(ada), range(20)))

        statuses = Counter(answer.status for answer in answers)
        bodies = {answer.body["id"] for answer in answers if answer.status == 201}
        assert set(statuses) <= {201, 409}
        assert [*bodies] == posts_of(ada)
        fresh = [a for a in answers if a.status == 201 and "idempotency-replayed" not in a.headers]
        assert len(fresh) == 1


class TestAKillOfTheWorker:
    """At each point around the commit; the client repeats with the same key until it is answered."""

    @pytest.mark.parametrize("point", ["once", "posts_post", "outbox_event"])
    def test_before_the_commit_undoes_everything(self, api, ada, gate, point):
        gate.close_at(point)
        self._die(api, ada, gate)
        gate.open()

        answer = publish_in_the_end(ada)

        assert (answer.status, "idempotency-replayed" in answer.headers) == (201, False)
        assert posts_of(ada) == [answer.body["id"]]

    def test_in_the_commit_leaves_it_to_the_database(self, api, ada, gate):
        gate.close_at("commit")
        self._die(api, ada, gate)
        until(lambda: self._is_in_flight(ada))
        gate.open()

        answer = publish_in_the_end(ada)

        assert (answer.status, answer.headers["idempotency-replayed"]) == (201, "true")
        assert posts_of(ada) == [answer.body["id"]]

    def test_after_the_commit_keeps_its_answer(self, api, ada, gate):
        def commit_without_the_worker() -> None:
            signal_workers(api, signal.SIGSTOP)
            gate.open()
            until(lambda: len(posts_of(ada)) == 1)

        gate.close_at("commit")
        self._die(api, ada, gate, before=commit_without_the_worker)

        answer = publish_in_the_end(ada)

        assert (answer.status, answer.headers["idempotency-replayed"]) == (201, "true")
        assert posts_of(ada) == [answer.body["id"]]

    def _die(
        self, api: Api, client: Client, gate: Gate, *, before: Callable[[], None] = lambda: None
    ) -> None:
        """Kill the API's workers while one of them waits at the gate."""
        with ThreadPoolExecutor(1) as pool:
            lost: Future[None] = pool.submit(publish_and_lose_the_answer, client)
            until(gate.has_guest)
            before()
            signal_workers(api, signal.SIGKILL)
            lost.result()

    def _is_in_flight(self, client: Client) -> bool:
        try:
            answer = publish(client)
        except (http.client.HTTPException, OSError):
            return False
        return (answer.status, answer.body["code"]) == (409, "request_in_flight")
