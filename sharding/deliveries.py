"""
The receiving end of the outbox: claim a batch, run the handler on each event, settle.

The broker is only a doorbell: a message that comes twice, late or never changes nothing, because what
counts is the delivery's row on the instance that recorded the event.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from django.db import connections

from sharding.errors import AlreadyDone
from sharding.scope import Once

MAX_ATTEMPTS = 12
MAX_BACKOFF_S = 300
# A long batch renews its lease between two events once this share of it has passed.
RENEW_AFTER = 0.3

log = structlog.get_logger(__name__)

# What the relay sends: event id, owner id, payload, and the attempt whose lease this message holds.
Delivery = tuple[int, int, dict[str, Any], int]
Handler = Callable[[dict[str, Any], Once], None]

_CLAIM = """
    UPDATE outbox_delivery d SET due_at = clock_timestamp() + make_interval(secs => %s)
    FROM unnest(%s::bigint[], %s::int[]) AS sent(event_id, attempts)
    WHERE d.event_id = sent.event_id AND d.attempts = sent.attempts AND d.subscriber = %s AND NOT d.is_dead
    RETURNING d.event_id"""
_SETTLE = "DELETE FROM outbox_delivery WHERE subscriber = %s AND event_id = ANY(%s)"
_RELEASE = """
    UPDATE outbox_delivery SET due_at = clock_timestamp()
    WHERE subscriber = %s AND event_id = ANY(%s) AND NOT is_dead"""
_FAIL = """
    UPDATE outbox_delivery
    SET due_at = clock_timestamp() + make_interval(secs => %s), is_dead = %s, error = %s
    WHERE subscriber = %s AND event_id = %s"""


@dataclass(slots=True)
class _Batch:
    """The deliveries of one message that this process holds the lease of, and what became of them."""

    alias: str
    subscriber: str
    leased_at: float
    done: list[int] = field(default_factory=list)
    held_back: list[int] = field(default_factory=list)
    failed_owners: set[int] = field(default_factory=set)


def deliver(subscriber: str, handler: Handler, alias: str, deliveries: list[Delivery]) -> None:
    """
    Run a subscriber's handler on each delivery that is still due to this message, in order.

    An event whose handler raises is backed off, and its owner's later events wait behind it; other owners
    go on. After `MAX_ATTEMPTS` it is dead: kept with its error, and out of the way.
    """
    claimed = _claim(subscriber, alias, deliveries)
    batch = _Batch(alias, subscriber, time.monotonic())
    try:
        for delivery in deliveries:
            if delivery[0] in claimed:
                _run(batch, handler, delivery, remaining=claimed)
    finally:
        _settle(batch)


def _run(batch: _Batch, handler: Handler, delivery: Delivery, *, remaining: set[int]) -> None:
    event_id, owner_id, payload, attempt = delivery
    if owner_id in batch.failed_owners:
        batch.held_back.append(event_id)
        return
    _renew(batch, remaining)
    try:
        handler(payload, Once(scope=batch.subscriber, key=str(event_id)))
    except AlreadyDone:
        pass
    except Exception as error:  # noqa: BLE001 - whatever it was, this event waits and the others go on
        batch.failed_owners.add(owner_id)
        _back_off(batch, event_id, attempt, error)
        remaining.discard(event_id)
        return
    batch.done.append(event_id)


def _claim(subscriber: str, alias: str, deliveries: list[Delivery]) -> set[int]:
    ids, attempts = [item[0] for item in deliveries], [item[3] for item in deliveries]
    with connections[alias].cursor() as cursor:
        cursor.execute(_CLAIM, [settings.RELAY.lease_s, ids, attempts, subscriber])
        return {row[0] for row in cursor.fetchall()}


def _renew(batch: _Batch, remaining: set[int]) -> None:
    """Settle what is done and prolong the lease of the rest, when a good part of it has passed."""
    if time.monotonic() - batch.leased_at < settings.RELAY.lease_s * RENEW_AFTER:
        return
    remaining.difference_update(batch.done)
    _settle(batch)
    with connections[batch.alias].cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_delivery SET due_at = clock_timestamp() + make_interval(secs => %s)"
            " WHERE subscriber = %s AND event_id = ANY(%s)",
            [settings.RELAY.lease_s, batch.subscriber, list(remaining)],
        )
    batch.leased_at = time.monotonic()


def _settle(batch: _Batch) -> None:
    with connections[batch.alias].cursor() as cursor:
        if batch.done:
            cursor.execute(_SETTLE, [batch.subscriber, batch.done])
        if batch.held_back:
            cursor.execute(_RELEASE, [batch.subscriber, batch.held_back])
    batch.done, batch.held_back = [], []


def _back_off(batch: _Batch, event_id: int, attempt: int, error: Exception) -> None:
    is_dead = attempt >= MAX_ATTEMPTS
    log.exception(
        "delivery.dead" if is_dead else "delivery.failed",
        subscriber=batch.subscriber,
        event_id=str(event_id),
        attempt=attempt,
    )
    wait_s = min(settings.RELAY.backoff_s * 2 ** (attempt - 1), MAX_BACKOFF_S)
    with connections[batch.alias].cursor() as cursor:
        cursor.execute(_FAIL, [wait_s, is_dead, repr(error)[:2000], batch.subscriber, event_id])
