"""The door to the databases: breaker, bulkhead, deadline, and what a failed write may have done."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connections, transaction
from psycopg import errors

from sharding.backend import breaker, bulkhead, deadline
from sharding.backend.breaker import Breaker, BreakerOpen
from sharding.backend.bulkhead import Bulkhead, BulkheadFull
from sharding.backend.connection import OutcomeUnknown
from sharding.conf import settings as sharding_settings
from sharding.errors import NONE, UNKNOWN, InstanceUnavailable
from sharding.scope import writing_for
from tests.kit.machines import until
from tests.sharding.app.models import Note
from tests.sharding.calls import texts
from tests.sharding.people import ADA, FAY

pytestmark = pytest.mark.django_db

#: What a request may wait, and a margin for a busy machine; `statement_timeout` is at 5 s.
BUDGET_S, PROMISE_S = 0.8, 1.2


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    breaker.close_all()
    yield
    breaker.close_all()


def ask(alias: str, sql: str, *params: Any) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


def refusal_of(call: Callable[[], object]) -> tuple[InstanceUnavailable, float]:
    """Return how a call is refused, and after how long."""
    started = time.monotonic()
    with pytest.raises(InstanceUnavailable) as caught:
        call()
    return caught.value, time.monotonic() - started


def answers(alias: str) -> bool:
    try:
        return bool(ask(alias, "SELECT 1") == 1)
    except InstanceUnavailable:
        return False


@contextmanager
def threads(many: int) -> Iterator[ThreadPoolExecutor]:
    """Give threads which close their connections in the end."""
    with ThreadPoolExecutor(many) as pool:
        yield pool
        barrier = threading.Barrier(many)

        def close() -> None:
            barrier.wait()
            connections.close_all()

        for closed in [pool.submit(close) for _ in range(many)]:
            closed.result()


class TestBreaker:
    def test_turns_callers_away_after_two_failures_and_lets_one_try_after_a_while(self):
        breaker = Breaker("b", failures=2, seconds=60)
        breaker.fail()
        assert breaker.enter() is False
        breaker.fail()

        with pytest.raises(BreakerOpen):
            breaker.enter()
        breaker._open_until = 0.0
        assert breaker.enter() is True
        with pytest.raises(BreakerOpen):
            breaker.enter()
        breaker.succeed()
        assert breaker.enter() is False

    def test_forgets_a_failure_that_a_success_followed(self):
        breaker = Breaker("b", failures=2, seconds=60)
        for _ in range(5):
            breaker.fail()
            breaker.succeed()

        assert not breaker.is_open


class TestBulkhead:
    def test_refuses_who_finds_no_slot_and_takes_slots_back_after_failures(self):
        bulkhead = Bulkhead(1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError), bulkhead.slot():
                raise ZeroDivisionError

        with bulkhead.slot(), pytest.raises(BulkheadFull), bulkhead.slot():
            pass
        with bulkhead.slot():
            pass


class TestAFrozenInstance:
    def test_costs_its_users_a_second_and_from_the_second_failure_on_nothing(self, stack):
        assert answers("b")
        stack.freeze("b")

        waited = []
        for _ in range(4):
            with deadline.within(BUDGET_S):
                refusal, seconds = refusal_of(lambda: list(Note.objects.of(FAY)))
            assert refusal.alias == "b"
            waited.append(seconds)

        assert all(seconds < PROMISE_S for seconds in waited)
        assert max(waited[2:]) < 0.1
        assert answers("a")

    def test_is_found_again_by_itself(self, stack):
        assert answers("b")
        stack.freeze("b")
        with deadline.within(BUDGET_S):
            refusal_of(lambda: ask("b", "SELECT 1"))
            refusal_of(lambda: ask("b", "SELECT 1"))

        stack.thaw("b")

        until(lambda: answers("b"), within=5)
        assert not breaker.of("b").is_open

    def test_holds_nobody_who_has_a_connection_of_their_own(self, stack):
        with threads(3) as pool:
            for opened in [pool.submit(answers, "b") for _ in range(3)]:
                assert opened.result()
            stack.freeze("b")
            for _ in range(2):
                breaker.of("b").fail()

            started = time.monotonic()
            refused = [pool.submit(answers, "b") for _ in range(3)]

            assert [one.result() for one in refused] == [False] * 3
            assert time.monotonic() - started < 0.5

    def test_is_probed_by_one_caller_who_waits_for_less_than_a_request(self, stack):
        stack.freeze("b")
        for _ in range(2):
            breaker.of("b").fail()
        breaker.of("b")._open_until = 0.0

        with deadline.within(BUDGET_S):
            _, probing = refusal_of(lambda: ask("b", "SELECT 1"))
            _, turned_away = refusal_of(lambda: ask("b", "SELECT 1"))

        assert 0.2 < probing < 0.6
        assert turned_away < 0.1

    def test_takes_a_replica_out_of_a_read_in_a_moment(self, stack):
        stack.freeze("a_replica1")

        started = time.monotonic()
        with deadline.within(BUDGET_S):
            assert list(Note.objects.of(ADA)) == []

        assert time.monotonic() - started < 0.7


class TestALongStatement:
    def test_is_sent_to_its_end_by_one_who_has_waited_for_long(self):
        process, text = ask("b", "SELECT pg_backend_pid()"), "x" * 20_000_000

        def thaw(alias: str, change: int) -> None:
            if (alias, change) == ("b", 1):
                os.kill(process, signal.SIGCONT)

        bulkhead.on_slot.append(thaw)
        os.kill(process, signal.SIGSTOP)
        try:
            with deadline.within(20):
                assert ask("b", "SELECT length(%s)", text) == len(text)
        finally:
            bulkhead.on_slot.remove(thaw)
            os.kill(process, signal.SIGCONT)


class TestADeadline:
    def test_ends_a_statement_and_its_connection_with_it(self):
        ask("b", "SELECT 1")
        process = ask("b", "SELECT pg_backend_pid()")

        with deadline.within(0.3):
            refusal, seconds = refusal_of(lambda: ask("b", "SELECT pg_sleep(30) IS NULL"))

        assert (refusal.alias, type(refusal.__cause__)) == ("b", deadline.DeadlinePassed)
        assert 0.3 <= seconds < 1.0
        assert ask("b", "SELECT pg_backend_pid()") != process
        ask("b", "SELECT pg_terminate_backend(%s)", process)

    def test_is_that_of_all_waits_of_a_request_together(self):
        with deadline.within(0.5):
            ask("b", "SELECT pg_sleep(0.3) IS NULL")
            refusal_of(lambda: ask("b", "SELECT pg_sleep(0.3) IS NULL"))
            # What is answered at once is not refused for want of time.
            assert ask("a", "SELECT 1") == 1

    def test_that_came_early_does_not_count_against_the_server(self):
        for _ in range(3):
            with deadline.within(0.2):
                refusal_of(lambda: ask("b", "SELECT pg_sleep(0.4) IS NULL"))

        assert not breaker.of("b").is_open

    def test_is_the_servers_own_outside_of_requests(self, settings):
        settings.SHARDING = replace(sharding_settings(), statement_timeout_ms=300)

        ask("b", "SELECT pg_sleep(0.9) IS NULL")

        with deadline.lifted():
            ask("b", "SELECT pg_sleep(1.4) IS NULL")
        refusal_of(lambda: ask("b", "SELECT pg_sleep(1.4) IS NULL"))

    def test_is_also_that_of_the_late_leg_of_a_scatter(self, settings):
        settings.SHARDING = replace(sharding_settings(), serial=False)

        from sharding import scatter

        ended: dict[str, float] = {}

        def late() -> None:
            try:
                ask("b", "SELECT pg_sleep(4) IS NULL")
            finally:
                ended["b"] = time.monotonic()
                connections.close_all()

        started = time.monotonic()
        _, missing = scatter.run_within({"b": late}, within=0.3)

        until(lambda: ended, within=2)
        assert missing == ("b",)
        assert ended["b"] - started < 1.5


class TestSlowStatements:
    """Of a database that is slow and not dead; two may wait here."""

    @pytest.fixture
    def held(self, settings) -> Iterator[None]:
        """Two may wait."""
        settings.SHARDING = replace(sharding_settings(), slow_waits=2)
        bulkhead._by_alias.clear()
        yield
        bulkhead._by_alias.clear()

    def slow(self) -> object:
        with deadline.within(5):
            return ask("b", "SELECT pg_sleep(1) IS NULL")

    def quick(self) -> object:
        with deadline.within(5):
            return ask("b", "SELECT 1")

    def test_hold_as_many_threads_as_may_wait_and_nobody_who_is_quick(self, held):
        with threads(4) as pool:
            first: list[Future[object]] = [pool.submit(self.slow) for _ in range(2)]
            until(lambda: bulkhead.of("b")._free._value == 0, within=2)

            refusal, seconds = refusal_of(pool.submit(self.slow).result)
            assert pool.submit(self.quick).result() == 1

            assert isinstance(refusal.__cause__, BulkheadFull)
            assert seconds < 0.7
            assert [one.result() for one in first] == [False, False]
            assert pool.submit(self.slow).result() is False

    def test_of_nobodys_request_are_not_counted(self, held):
        with threads(4) as pool:
            slow = [pool.submit(ask, "b", "SELECT pg_sleep(0.5) IS NULL") for _ in range(4)]

            assert [one.result() for one in slow] == [False] * 4


class TestTheOutcomeOfAWrite:
    def test_is_none_where_nothing_was_committed(self, stack):
        def write() -> None:
            with deadline.within(BUDGET_S), writing_for(FAY):
                Note.objects.create(author_id=FAY, text="lost")
                stack.freeze("b")
                Note.objects.create(author_id=FAY, text="lost")

        refusal, _ = refusal_of(write)

        stack.thaw("b")
        assert refusal.outcome == NONE
        until(lambda: answers("b"))
        assert texts(Note.objects.of(FAY)) == []

    def test_is_unknown_once_a_commit_was_sent(self, stack):
        def write() -> None:
            with deadline.within(BUDGET_S), writing_for(FAY):
                Note.objects.create(author_id=FAY, text="who knows")
                stack.freeze("b")

        refusal, seconds = refusal_of(write)

        assert refusal.outcome == UNKNOWN
        assert seconds < PROMISE_S + 0.3

    def test_is_none_where_no_connection_could_be_had(self, stack):
        stack.kill("b")
        connections["b"].close()

        def write() -> None:
            with writing_for(FAY):
                pass

        assert refusal_of(write)[0].outcome == NONE
        assert refusal_of(write)[0].outcome == NONE
        # The breaker says so as well.
        assert breaker.of("b").is_open
        assert refusal_of(write)[0].outcome == NONE

    def test_is_unknown_where_the_wait_for_the_standby_was_given_up(self):
        def set_standby(how: str) -> None:
            with connections["b"].cursor() as cursor:
                cursor.execute(f"ALTER SYSTEM {how}")
                cursor.execute("SELECT pg_reload_conf()")
            name = "nobody" if how.startswith("SET") else ""
            until(lambda: ask("b", "SHOW synchronous_standby_names") == name)

        def write() -> None:
            with writing_for(FAY):
                Note.objects.create(author_id=FAY, text="here alone")

        waits = "SELECT wait_event = 'SyncRep' FROM pg_stat_activity WHERE pid = %s"
        set_standby("SET synchronous_standby_names = 'nobody'")
        try:
            with threads(1) as pool:
                process = pool.submit(ask, "b", "SELECT pg_backend_pid()").result()
                writing = pool.submit(write)
                until(lambda: ask("b", waits, process))
                ask("b", "SELECT pg_cancel_backend(%s)", process)
                refusal, _ = refusal_of(writing.result)
        finally:
            set_standby("RESET synchronous_standby_names")

        assert (refusal.outcome, type(refusal.__cause__)) == (UNKNOWN, OutcomeUnknown)
        # PostgreSQL said COMMIT, with a warning.
        assert texts(Note.objects.of(FAY)) == ["here alone"]

    def test_is_none_at_a_primary_that_has_become_a_replica(self):
        ask("b", "SELECT set_config('default_transaction_read_only', 'on', false)")
        process = ask("b", "SELECT pg_backend_pid()")

        def write() -> None:
            with writing_for(FAY):
                Note.objects.create(author_id=FAY, text="again")

        refusal, _ = refusal_of(write)

        assert (refusal.outcome, type(refusal.__cause__)) == (NONE, errors.ReadOnlySqlTransaction)
        assert ask("b", "SELECT pg_backend_pid()") != process
        write()
        assert texts(Note.objects.of(FAY)) == ["again"]


class TestErrors:
    def test_of_a_connection_are_djangos_as_well_and_no_value_errors(self):
        assert issubclass(InstanceUnavailable, OperationalError)
        assert not issubclass(InstanceUnavailable, ValueError)

    def test_of_a_statement_stay_what_they_are(self):
        with pytest.raises(OperationalError) as timeout:
            ask("b", "SELECT pg_sleep(30) FROM set_config('statement_timeout', '50', false)")
        assert not isinstance(timeout.value, InstanceUnavailable)
        connections["b"].close()

        with pytest.raises(IntegrityError), writing_for(FAY):
            ask("b", "INSERT INTO shardtests_note (id, author_id, text, rank) VALUES (1, %s, '', 0)", FAY)

    def test_that_end_a_transaction_leave_nothing_to_clear_up(self):
        with pytest.raises(InstanceUnavailable), transaction.atomic(using="b"):  # noqa: TID251
            ask("b", "SELECT pg_terminate_backend(pg_backend_pid())")

        assert connections["b"].connection is None
        assert not connections["b"].in_atomic_block
        with transaction.atomic(using="b"):  # noqa: TID251
            assert ask("b", "SELECT 1") == 1

    def test_drop_a_connection_that_the_server_closed_meanwhile(self):
        process = ask("default", "SELECT pg_backend_pid()")
        with ThreadPoolExecutor(1) as pool:

            def end() -> None:
                ask("default", "SELECT pg_terminate_backend(%s, 5000)", process)
                connections.close_all()

            pool.submit(end).result()

        # The directory is read by plain ORM calls and other people's code, and needs no health check either.
        assert ask("default", "SELECT pg_backend_pid()") != process
