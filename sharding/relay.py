"""
The relay: it turns recorded facts into deliveries, leases those that are due, and rings the broker's bell.

One relay works for an instance at a time, its leader by an advisory lock. A lease that runs out is sent
again, so a wiped broker or a killed worker loses nothing. Deliveries of one owner to one subscriber keep
their order: none is sent while an earlier one is leased or backed off.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import psycopg
import structlog

from sharding import outages, outbox
from sharding.conf import RelaySettings
from sharding.conninfo import parameters_of
from sharding.deliveries import Delivery

log = structlog.get_logger(__name__)

# (task name, queue, alias of the instance, deliveries) -> the broker took it, or an exception
Send = Callable[[str, str, str, list[Delivery]], None]

BROKER = "broker"
LEADER_LOCK = 0x42414E59  # "BANY"; the second key of the advisory lock is 1
EXPAND_LIMIT = 1000
LEASE_LIMIT = 500
# How many deliveries may be under way: it bounds the broker's queues and what a lease query walks over.
LEASE_WINDOW = 5000
MESSAGE_SIZE = 50

_EXPAND = """
    WITH fresh AS (
        DELETE FROM outbox_event WHERE id IN (
            SELECT id FROM outbox_event ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
        RETURNING id, owner_id, name, payload),
    made AS (
        INSERT INTO outbox_delivery (event_id, subscriber, owner_id, name, payload)
        SELECT fresh.id, s.subscriber, fresh.owner_id, fresh.name, fresh.payload
        FROM fresh JOIN unnest(%(names)s::text[], %(subscribers)s::text[]) AS s(name, subscriber)
            ON s.name = fresh.name
        ON CONFLICT DO NOTHING)
    SELECT count(*) FROM fresh"""

_LEASE = """
    WITH due AS (
        SELECT d.event_id, d.subscriber FROM outbox_delivery d
        WHERE d.due_at <= now() AND d.state <> 'dead' AND NOT EXISTS (
            SELECT 1 FROM outbox_delivery earlier
            WHERE earlier.subscriber = d.subscriber AND earlier.owner_id = d.owner_id
                AND earlier.event_id < d.event_id AND earlier.due_at > now() AND earlier.state <> 'dead')
        ORDER BY d.event_id
        LIMIT greatest(0, least(%(limit)s, %(window)s - (
            SELECT count(*) FROM outbox_delivery WHERE due_at > now() AND state <> 'dead'))))
    UPDATE outbox_delivery d
    SET due_at = now() + make_interval(secs => %(lease)s), state = 'sent'
    FROM due WHERE d.event_id = due.event_id AND d.subscriber = due.subscriber
    RETURNING d.subscriber, d.event_id, d.owner_id, d.payload"""

_GIVE_BACK = """
    UPDATE outbox_delivery SET state = 'waiting', due_at = now() + make_interval(secs => %s)
    WHERE subscriber = %s AND event_id = ANY(%s) AND state = 'sent'"""

_NO_LIMITS = "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0"


class Relay:
    """The relay of one instance (or of the directory). `step` is one turn; `run` turns until stopped."""

    def __init__(self, alias: str, send: Send, settings: RelaySettings) -> None:
        self.alias = alias
        self._name = outages.name_of(alias)
        self._send = send
        self._settings = settings
        self._connection: psycopg.Connection[Any] | None = None
        self._leads = False
        known = outbox.subscriptions()
        self._queues = {subscriber.name: subscriber.queue for _, subscriber in known}
        self._pairs = {
            "names": [name for name, _ in known],
            "subscribers": [subscriber.name for _, subscriber in known],
        }

    def run(self, stop: threading.Event) -> None:
        """Relay until `stop` is set; a lost connection is opened again, and the lead won again."""
        while not stop.is_set():
            try:
                if self._lead():
                    self._turn_until_idle(stop)
                stop.wait(self._settings.poll_s)
            except psycopg.Error as error:
                self._tell(error)
                self.close()
                stop.wait(1.0)
        self.close()

    def step(self) -> int:
        """
        Make deliveries of what was recorded, lease and send what is due.

        Returns how many events were expanded plus how many deliveries were sent; 0 means there was no work.
        """
        connection = self._connect()
        expanded = connection.execute(_EXPAND, {"limit": EXPAND_LIMIT, **self._pairs}).fetchone()
        leased = connection.execute(
            _LEASE, {"limit": LEASE_LIMIT, "window": LEASE_WINDOW, "lease": self._settings.lease_s}
        ).fetchall()
        for subscriber, deliveries in _messages(leased):
            self._ring(subscriber, deliveries)
        return (expanded[0] if expanded else 0) + len(leased)

    def close(self) -> None:
        """Close the connection, and with it give up the lead."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._leads = False

    def _turn_until_idle(self, stop: threading.Event) -> None:
        while not stop.is_set() and self.step():
            pass

    def _ring(self, subscriber: str, deliveries: list[Delivery]) -> None:
        """Hand one message to the broker; if it cannot take it, the deliveries come due again soon."""
        try:
            self._send(subscriber, self._queues[subscriber], self.alias, deliveries)
            outages.over(BROKER)
        except Exception as error:  # noqa: BLE001 - the broker's client raises many kinds; none may lose a delivery
            outages.met(BROKER, error)
            ids = [delivery[0] for delivery in deliveries]
            self._connect().execute(_GIVE_BACK, [self._settings.broker_wait_s, subscriber, ids])

    def _tell(self, error: psycopg.Error) -> None:
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            outages.met(self._name, error)
        else:
            log.error("relay.failed", instance=self._name, exc_info=error)

    def _lead(self) -> bool:
        if not self._leads:
            row = self._connect().execute("SELECT pg_try_advisory_lock(%s, 1)", [LEADER_LOCK]).fetchone()
            self._leads = bool(row and row[0])
        return self._leads

    def _connect(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(**parameters_of(self.alias), autocommit=True)
            # A turn takes as long as its backlog is long, and waits for who holds a delivery.
            self._connection.execute(_NO_LIMITS)
            outages.over(self._name)
        return self._connection


def _messages(leased: list[tuple[Any, ...]]) -> Iterator[tuple[str, list[Delivery]]]:
    """Yield messages of one subscriber each; an owner's deliveries stay together and in order."""
    leased.sort()
    for subscriber, rows in groupby(leased, key=lambda row: row[0]):
        message: list[Delivery] = []
        by_owner = sorted(rows, key=lambda row: (row[2], row[1]))
        for _, owned in groupby(by_owner, key=lambda row: row[2]):
            message += [(row[1], row[2], row[3]) for row in owned]
            if len(message) >= MESSAGE_SIZE:
                yield subscriber, message
                message = []
        if message:
            yield subscriber, message
