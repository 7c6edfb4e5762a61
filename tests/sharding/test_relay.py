"""The outbox, the relay and the receiving end, on one instance."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from django.conf import settings
from django.db import connections
from structlog.testing import capture_logs

from sharding import outbox
from sharding.delivery.consumer import MAX_FAILURES, Delivery, Together, deliver
from sharding.delivery.relay import _IS_THERE_WORK, Relay
from sharding.errors import InstanceUnavailable, NoShard
from sharding.ids import make_id
from sharding.once import Once
from sharding.scope import writing_for

pytestmark = pytest.mark.django_db

ANN, BEN = make_id(1, 7, 1), make_id(1, 8, 2)  # two shards of instance a
HEARER = "tests.hear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    name: ClassVar[str] = "tests.noted.v1"

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    name: ClassVar[str] = "tests.unheard.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What an API of the next release says."""

    name: ClassVar[str] = "tests.later.v1"


@pytest.fixture(autouse=True)
def _registry(monkeypatch):
    """Only this file's subscriber is known here."""
    known: dict[str, list[outbox.Subscriber]] = {Noted.name: [outbox.Subscriber(HEARER, "default")]}
    monkeypatch.setattr(outbox, "_subscribers", known)
    monkeypatch.setattr(outbox, "_declared", {Unheard.name})


class Bell:
    """The broker: keeps the messages it took."""

    def __init__(self) -> None:
        self.messages: list[list[Delivery]] = []
        self.is_broken = False

    def __call__(self, subscriber: str, queue: str, alias: str, deliveries: list[Delivery]) -> None:
        if self.is_broken:
            raise ConnectionError("no broker")
        assert (subscriber, queue, alias) == (HEARER, "default", "a")
        self.messages.append(deliveries)

    def numbers(self) -> list[list[int]]:
        return [[payload["number"] for _, _, payload in message] for message in self.messages]


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def relay(bell: Bell) -> Iterator[Relay]:
    patient = replace(settings.RELAY, lease_s=60.0, broker_wait_s=60.0)
    relay = Relay("a", bell, patient)
    yield relay
    relay.close()


class Ear:
    """A subscriber that fails when told to."""

    def __init__(self, *failing: int) -> None:
        self.heard: list[int] = []
        self.failing = set(failing)

    def __call__(self, payload: dict[str, Any], once: Once) -> None:
        if payload["number"] in self.failing:
            raise RuntimeError("poisoned")
        self.heard.append(payload["number"])


def note(owner_id: int, *numbers: int) -> None:
    for number in numbers:
        with writing_for(owner_id):
            outbox.record(Noted(number=number))


def note_and_fail(owner_id: int) -> None:
    with writing_for(owner_id):
        outbox.record(Noted(number=1))
        raise RuntimeError


def states() -> list[tuple[str, int]]:
    with connections["a"].cursor() as cursor:
        cursor.execute("SELECT state, failures FROM outbox_delivery ORDER BY event_id")
        found: list[tuple[str, int]] = cursor.fetchall()
    return found


def recorded() -> list[str]:
    with connections["a"].cursor() as cursor:
        cursor.execute("SELECT name FROM outbox_event ORDER BY id")
        return [name for (name,) in cursor.fetchall()]


def let_leases_run_out() -> None:
    with connections["a"].cursor() as cursor:
        cursor.execute("UPDATE outbox_delivery SET due_at = now() - interval '1 s'")


class TestConnection:
    def test_has_no_limits_of_time(self, relay):
        assert relay._ask("SHOW statement_timeout", []) == [("0",)]

    def test_that_is_lost_is_not_replaced_unseen_for_the_lead_goes_with_it(self, relay):
        assert relay._lead()
        [(process,)] = relay._ask("SELECT pg_backend_pid()", [])
        with connections["a"].cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])

        with pytest.raises(InstanceUnavailable):
            relay.step()


class TestRecord:
    def test_leaves_nothing_when_the_transaction_fails(self, relay, bell):
        with pytest.raises(RuntimeError):
            note_and_fail(ANN)

        assert relay.step() == 0
        assert bell.messages == []

    def test_is_refused_outside_a_transaction(self):
        with pytest.raises(NoShard):
            outbox.record(Noted(number=1))


class TestUnknown:
    def test_waits_for_who_knows_it_and_holds_nobody_up(self, relay, bell, monkeypatch):
        with writing_for(ANN):
            outbox.record(Later())
            outbox.record(Unheard())
            outbox.record(Noted(number=1))

        assert (relay.step(), relay.step()) == (3, 0)
        assert (bell.numbers(), recorded(), relay._is_there_work()) == ([[1]], [Later.name], False)

        monkeypatch.setattr(outbox, "_declared", {Unheard.name, Later.name})
        newer = Relay("a", bell, settings.RELAY)
        with closing(newer):
            assert newer.step() == 1
        assert recorded() == []

    def test_is_told_once_a_minute_and_makes_no_relay_look_old(self, relay, monkeypatch):
        monkeypatch.setattr(relay, "_tells_at", 0.0)
        with writing_for(ANN):
            outbox.record(Later())
        with connections["a"].cursor() as cursor:
            cursor.execute("UPDATE outbox_event SET recorded_at = now() - interval '1 hour'")

        with capture_logs() as told:
            for _ in range(2):
                relay._turn_while_there_is_work(threading.Event())

        assert [(one["event"], one["events"]) for one in told] == [("relay.unknown_events", {Later.name: 1})]
        assert relay._standing() == "leads 0"


class TestStep:
    def test_sends_an_owners_events_together_and_in_order(self, relay, bell):
        note(ANN, 1, 2, 3)

        relay.step()

        assert bell.numbers() == [[1, 2, 3]]

    def test_sends_what_is_leased_only_once(self, relay, bell):
        note(ANN, 1)
        relay.step()

        assert relay.step() == 0
        assert bell.numbers() == [[1]]

    def test_holds_an_owners_later_events_back_while_an_earlier_one_is_leased(self, relay, bell):
        note(ANN, 1)
        relay.step()
        note(ANN, 2)
        note(BEN, 3)

        relay.step()

        assert bell.numbers() == [[1], [3]]

    def test_sends_again_when_a_lease_has_run_out(self, relay, bell):
        note(ANN, 1)
        relay.step()
        let_leases_run_out()

        relay.step()

        assert bell.numbers() == [[1], [1]]

    def test_keeps_what_the_broker_refused_for_later(self, relay, bell):
        note(ANN, 1)
        bell.is_broken = True
        relay.step()
        assert states() == [("waiting", 0)]

        bell.is_broken = False
        let_leases_run_out()
        relay.step()

        assert bell.numbers() == [[1]]

    def test_drops_an_event_that_nobody_hears(self, relay, bell, monkeypatch):
        monkeypatch.setattr(outbox, "_subscribers", {})
        note(ANN, 1)
        deaf = Relay("a", bell, settings.RELAY)

        deaf.step()

        assert deaf.step() == 0
        assert states() == []
        deaf.close()


class TestTurn:
    @pytest.fixture
    def asked(self, relay) -> Iterator[list[str]]:
        """What the relay asks its database."""
        asked: list[str] = []

        def note_down(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            asked.append(sql)
            return execute(sql, *rest)

        with relay._database.execute_wrapper(note_down):
            yield asked

    def test_asks_one_thing_where_there_is_nothing_to_do(self, relay, asked):
        relay._turn_while_there_is_work(threading.Event())

        assert asked == [_IS_THERE_WORK]

    def test_goes_on_until_all_is_sent_and_sees_what_comes_due_again(self, relay, bell):
        note(ANN, 1)
        relay._turn_while_there_is_work(threading.Event())
        assert bell.numbers() == [[1]]
        let_leases_run_out()

        relay._turn_while_there_is_work(threading.Event())

        assert bell.numbers() == [[1], [1]]


class TestDeliver:
    def test_settles_what_was_handled(self, relay, bell):
        note(ANN, 1, 2)
        relay.step()
        ear = Ear()

        deliver(HEARER, ear, "a", bell.messages[0])

        assert ear.heard == [1, 2]
        assert states() == []

    def test_ignores_a_message_that_comes_twice(self, relay, bell):
        note(ANN, 1)
        relay.step()
        ear = Ear()

        for _ in range(2):
            deliver(HEARER, ear, "a", bell.messages[0])

        assert ear.heard == [1]

    def test_takes_a_late_message_for_the_one_sent_after_it(self, relay, bell):
        note(ANN, 1)
        relay.step()
        let_leases_run_out()
        relay.step()
        ear = Ear()

        deliver(HEARER, ear, "a", bell.messages[0])
        deliver(HEARER, ear, "a", bell.messages[1])

        assert ear.heard == [1]

    def test_backs_a_failure_off_and_holds_its_owner_but_nobody_else(self, relay, bell):
        note(ANN, 1, 2)
        note(BEN, 3)
        relay.step()
        ear = Ear(1)

        deliver(HEARER, ear, "a", bell.messages[0])

        assert ear.heard == [3]
        assert states() == [("waiting", 1), ("waiting", 0)]

    def test_leaves_what_is_backed_off_alone_when_its_message_comes_again(self, relay, bell):
        note(ANN, 1)
        relay.step()
        deliver(HEARER, Ear(1), "a", bell.messages[0])
        ear = Ear()

        deliver(HEARER, ear, "a", bell.messages[0])

        assert ear.heard == []

    def test_waits_for_a_server_that_is_away_however_often_it_is_tried(self, relay, bell):
        note(ANN, 1)
        ear = Ear()

        def away(payload: dict[str, Any], once: Once) -> None:
            raise InstanceUnavailable("b")

        for _ in range(2 * MAX_FAILURES):
            let_leases_run_out()
            relay.step()
            deliver(HEARER, away, "a", bell.messages[-1])
        assert states() == [("waiting", 0)]

        let_leases_run_out()
        relay.step()
        deliver(HEARER, ear, "a", bell.messages[-1])
        assert (ear.heard, states()) == ([1], [])

    def test_leaves_room_for_others_while_many_wait_for_a_server(self, relay, bell, monkeypatch):
        monkeypatch.setattr("sharding.delivery.relay.LEASE_WINDOW", 2)
        monkeypatch.setattr(settings, "RELAY", replace(settings.RELAY, backoff_s=30.0))

        def away(payload: dict[str, Any], once: Once) -> None:
            raise InstanceUnavailable("b")

        note(ANN, 1)
        note(BEN, 2)
        relay.step()
        deliver(HEARER, away, "a", bell.messages[0])
        note(make_id(1, 9, 3), 3)

        relay.step()

        assert bell.numbers() == [[1, 2], [3]]

    def test_leaves_room_for_others_while_nobody_works_at_one_queue(self, monkeypatch):
        monkeypatch.setattr("sharding.delivery.relay.LEASE_WINDOW", 2)
        outbox.subscribe(Noted.name, "tests.stuck", "stuck")
        sent: list[tuple[str, int]] = []
        patient = replace(settings.RELAY, lease_s=60.0)

        def send(subscriber: str, queue: str, alias: str, deliveries: list[Delivery]) -> None:
            sent.extend((queue, payload["number"]) for _, _, payload in deliveries)
            if subscriber == HEARER:
                deliver(HEARER, Ear(), alias, deliveries)

        with closing(Relay("a", send, patient)) as relay:
            for number in range(1, 6):
                note(make_id(1, 9, number), number)
            while relay.step():
                pass

        assert [number for queue, number in sent if queue == "default"] == [1, 2, 3, 4, 5]
        assert len([number for queue, number in sent if queue == "stuck"]) == 2

    def test_gives_a_poisoned_event_up_and_goes_on_with_its_owner(self, relay, bell):
        note(ANN, 1, 2)
        ear = Ear(1)

        for _ in range(MAX_FAILURES + 1):
            let_leases_run_out()
            relay.step()
            deliver(HEARER, ear, "a", bell.messages[-1])

        assert states() == [("dead", MAX_FAILURES)]
        assert ear.heard == [2]


class TestDeliverTogether:
    """What concerns the same tens is handled at once."""

    def test_handles_at_once_what_concerns_the_same_and_keeps_an_owners_order(self, relay, bell):
        note(ANN, 10, 21, 11)
        note(BEN, 12, 22, 30)
        relay.step()
        ear = Ear()
        at_once: list[list[int]] = []

        deliver(HEARER, ear, "a", bell.messages[0], by_tens(at_once))

        # Ann's 11 does not come before her 21; Ben's 12 may join it, and Ben's come in their order.
        assert (at_once, ear.heard) == ([[11, 12]], [10, 21, 22, 30])
        assert states() == []

    def test_handles_one_by_one_what_fails_together(self, relay, bell):
        note(ANN, 10)
        note(BEN, 11, 12)
        relay.step()
        ear = Ear(11)

        deliver(HEARER, ear, "a", bell.messages[0], by_tens(None))

        assert ear.heard == [10]
        assert states() == [("waiting", 1), ("waiting", 0)]


def by_tens(heard: list[list[int]] | None) -> Together:
    """Return who hears all of the same tens at once, or fails."""

    def hear(many: list[tuple[dict[str, Any], Once]]) -> None:
        if heard is None:
            raise RuntimeError("poisoned")
        heard.append([payload["number"] for payload, _ in many])

    return Together(lambda payload: payload["number"] // 10, hear)
