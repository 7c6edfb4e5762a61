"""
The relay: it turns recorded facts into deliveries, leases those that are due, and notifies workers.

One relay works for an instance at a time, its leader by an advisory lock. A lease that runs out is sent
again, so a wiped broker or a killed worker loses nothing. Deliveries of one owner to one subscriber keep
their order: none is sent while an earlier one is leased or backed off.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import Error

from sharding import direct, outages, outbox
from sharding.backend import deadline
from sharding.backend.base import Dedicated
from sharding.conf import RelaySettings, settings
from sharding.delivery.consumer import Delivery
from sharding.errors import InstanceUnavailable
from sharding.heartbeat import Heartbeat

log = structlog.get_logger(__name__)

# (task name, queue, alias of the instance, deliveries) -> the broker took it, or an exception
Send = Callable[[str, str, str, list[Delivery]], None]

BROKER = "broker"
LEADER_LOCK = 0x42414E59  # "BANY"; the second key of the advisory lock is 1
EXPAND_LIMIT = 1000
LEASE_LIMIT = 500
# How many deliveries of a queue may be under way: it bounds the broker's queues and what a lease query walks
# over. Those that are backed off are not: thousands that wait for a server keep nobody else from being heard.
# Nor do those of another queue, whose workers are away, or wait for servers of others.
LEASE_WINDOW = 5000

_EXPAND = """
    WITH fresh AS (
        DELETE FROM outbox_event WHERE id IN (
            SELECT id FROM outbox_event WHERE name = ANY(%(known)s::text[]) ORDER BY id LIMIT %(limit)s
            FOR UPDATE SKIP LOCKED)
        RETURNING id, owner_id, name, payload),
    made AS (
        INSERT INTO outbox_delivery (event_id, subscriber, owner_id, name, payload)
        SELECT fresh.id, s.subscriber, fresh.owner_id, fresh.name, fresh.payload
        FROM fresh JOIN unnest(%(names)s::text[], %(subscribers)s::text[]) AS s(name, subscriber)
            ON s.name = fresh.name
        ON CONFLICT DO NOTHING)
    SELECT count(*) FROM fresh"""

# What has room is leased, up to the most room that any queue has: another may have a few hundred too many.
_LEASE = """
    WITH room AS (
        SELECT array_agg(q.subscriber) AS subscribers,
            %(window)s - coalesce(sum(b.deliveries), 0)::bigint AS deliveries
        FROM unnest(%(hearers)s::text[], %(queues)s::text[]) AS q(subscriber, queue)
        LEFT JOIN (
            SELECT subscriber, count(*) AS deliveries FROM outbox_delivery
            WHERE due_at > now() AND due_at <= now() + make_interval(secs => %(lease)s)
                AND state IN ('sent', 'claimed')
            GROUP BY subscriber) AS b USING (subscriber)
        GROUP BY q.queue),
    due AS (
        SELECT d.event_id, d.subscriber FROM outbox_delivery d
        WHERE d.due_at <= now() AND d.state <> 'dead' AND d.subscriber = ANY(ARRAY(
            SELECT unnest(subscribers) FROM room WHERE deliveries > 0)) AND NOT EXISTS (
            SELECT 1 FROM outbox_delivery earlier
            WHERE earlier.subscriber = d.subscriber AND earlier.owner_id = d.owner_id
                AND earlier.event_id < d.event_id AND earlier.due_at > now() AND earlier.state <> 'dead')
        ORDER BY d.event_id
        LIMIT (SELECT greatest(0, least(%(limit)s, max(deliveries))) FROM room))
    UPDATE outbox_delivery d
    SET due_at = now() + make_interval(secs => %(lease)s), state = 'sent'
    FROM due WHERE d.event_id = due.event_id AND d.subscriber = due.subscriber
    RETURNING d.subscriber, d.event_id, d.owner_id, d.payload"""

_GIVE_BACK = """
    UPDATE outbox_delivery SET state = 'waiting', due_at = now() + make_interval(secs => %s)
    WHERE subscriber = %s AND event_id = ANY(%s) AND state = 'sent'"""

# Whether there may be work. What is due may be held back by what is earlier, which the lease alone finds out.
_IS_THERE_WORK = """
    SELECT EXISTS (SELECT FROM outbox_event WHERE name = ANY(%s::text[])) OR EXISTS (
        SELECT FROM outbox_delivery WHERE due_at <= now() AND state <> 'dead')"""

# The oldest fact without deliveries: ids grow with time.
_OLDEST = """
    SELECT extract(epoch FROM now() - recorded_at)::int FROM outbox_event WHERE name = ANY(%s::text[])
    ORDER BY id LIMIT 1"""
_UNKNOWN = """
    SELECT name, count(*) FROM outbox_event WHERE name <> ALL(%s::text[])
    GROUP BY name ORDER BY name LIMIT 20"""
# How often it says what of a later release waits.
_TOLD_EVERY_S = 60.0

# A turn takes as long as its backlog is long, and waits for who holds a delivery.
_TURN_S = 60.0


class Relay:
    """The relay of one instance (or of the directory). `step` is one turn; `run` turns until stopped."""

    def __init__(self, alias: str, send: Send, patience: RelaySettings) -> None:
        self.alias = alias
        self._name = outages.name_of(alias)
        self._send = send
        self._settings = patience
        # Its own, for the session's lock is the lead. It asks the same few things each 25 ms: prepared.
        self._database = Dedicated(alias, server_side_binding=True, prepare_threshold=5)
        self._leads = False
        self._is_proven = False
        self.refusal: ImproperlyConfigured | None = None
        self._heartbeat = Heartbeat(settings().heartbeat_dir, f"relay-{alias}")
        known = outbox.subscriptions()
        self._queues = {subscriber.name: subscriber.queue for _, subscriber in known}
        self._batches = {subscriber.name: subscriber.batch for _, subscriber in known}
        self._known = outbox.known_names()
        self._tells_at = time.monotonic() + _TOLD_EVERY_S
        self._pairs = {
            "known": self._known,
            "names": [name for name, _ in known],
            "subscribers": [subscriber.name for _, subscriber in known],
        }
        self._leasing = {
            "lease": patience.lease_s,
            "hearers": list(self._queues),
            "queues": list(self._queues.values()),
        }

    @property
    def leads(self) -> bool:
        """Whether this is the one that relays for its instance, as far as it knows."""
        return self._leads

    def run(self, stop: threading.Event) -> None:
        """
        Relay until `stop` is set; a lost connection is opened again, and the lead won again.

        Where nobody can lead, for the lock would be no session's, it sets `stop` and keeps its `refusal`.
        """
        while not stop.is_set():
            try:
                if self._lead():
                    self._turn_while_there_is_work(stop)
                else:
                    self._heartbeat.beat(lambda: "waits")
                stop.wait(self._settings.poll_s)
            except Error as error:
                self._tell(error)
                self._heartbeat.beat(lambda: "away")
                self.close()
                stop.wait(1.0)
            except ImproperlyConfigured as refusal:
                self.refusal = refusal
                stop.set()
        self.close()

    def step(self) -> int:
        """
        Make deliveries of what was recorded, lease and send what is due.

        Returns how many events were expanded plus how many deliveries were sent; 0 means there was no work.
        """
        [(expanded,)] = self._ask(_EXPAND, {"limit": EXPAND_LIMIT, **self._pairs})
        leased = self._ask(_LEASE, {"limit": LEASE_LIMIT, "window": LEASE_WINDOW, **self._leasing})
        for subscriber, deliveries in _messages(leased, self._batches):
            self._notify(subscriber, deliveries)
        return int(expanded) + len(leased)

    def close(self) -> None:
        """Close the connection, and with it give up the lead."""
        self._database.close()
        self._leads = False

    def _turn_while_there_is_work(self, stop: threading.Event) -> None:
        # Asked first: of forty turns a second nearly all find nothing, and this costs a third of such a turn.
        if self._is_there_work():
            while not stop.is_set() and self.step():
                self._heartbeat.beat(self._standing)
        self._heartbeat.beat(self._standing)
        if time.monotonic() >= self._tells_at:
            self._tells_at = time.monotonic() + _TOLD_EVERY_S
            self._tell_unknown()

    def _tell_unknown(self) -> None:
        """Say what waits for a later release of the relay."""
        if unknown := self._ask(_UNKNOWN, [self._known]):
            log.warning("relay.unknown_events", instance=self._name, events=dict(unknown))

    def _is_there_work(self) -> bool:
        [(is_there,)] = self._ask(_IS_THERE_WORK, [self._known])
        return bool(is_there)

    def _standing(self) -> str:
        """Say that this one leads, and for how many seconds the oldest event that it knows has waited."""
        oldest = self._ask(_OLDEST, [self._known])
        return f"leads {oldest[0][0] if oldest else 0}"

    def _notify(self, subscriber: str, deliveries: list[Delivery]) -> None:
        """Hand one message to the broker; if it cannot take it, the deliveries come due again soon."""
        try:
            self._send(subscriber, self._queues[subscriber], self.alias, deliveries)
            outages.over(BROKER)
        except Exception as error:  # noqa: BLE001 - the broker's client raises many kinds; none may lose a delivery
            outages.met(BROKER, error)
            ids = [delivery[0] for delivery in deliveries]
            with self._database.cursor() as cursor:
                cursor.execute(_GIVE_BACK, [self._settings.broker_wait_s, subscriber, ids])

    def _tell(self, error: Error) -> None:
        if isinstance(error, InstanceUnavailable):
            outages.met(self._name, error)
        else:
            log.error("relay.failed", instance=self._name, exc_info=error)

    def _lead(self) -> bool:
        if not self._is_proven:
            direct.prove_session(self.alias)
            self._is_proven = True
        if not self._leads:
            [(self._leads,)] = self._ask("SELECT pg_try_advisory_lock(%s, 1)", [LEADER_LOCK])
        return self._leads

    def _ask(self, sql: str, params: Any) -> list[tuple[Any, ...]]:
        with deadline.within(_TURN_S), self._database.cursor() as cursor:
            cursor.execute(sql, params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _messages(
    leased: list[tuple[Any, ...]], batches: Mapping[str, int]
) -> Iterator[tuple[str, list[Delivery]]]:
    """Yield messages of one subscriber each; an owner's deliveries stay together and in order."""
    leased.sort()
    for subscriber, rows in groupby(leased, key=lambda row: row[0]):
        message: list[Delivery] = []
        by_owner = sorted(rows, key=lambda row: (row[2], row[1]))
        for _, owned in groupby(by_owner, key=lambda row: row[2]):
            message += [(row[1], row[2], json.loads(row[3])) for row in owned]
            if len(message) >= batches.get(subscriber, outbox.BATCH):
                yield subscriber, message
                message = []
        if message:
            yield subscriber, message
