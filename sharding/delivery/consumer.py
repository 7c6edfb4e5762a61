"""
The receiving end of the outbox: claim a batch, run the handler on each event, settle.

The broker only notifies: a message that comes twice, late or never changes nothing, because what
counts is the delivery's row on the instance that recorded the event.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import connections
from django.db.utils import Error

from sharding import outages, outbox
from sharding.conf import relay_settings
from sharding.errors import AlreadyDone
from sharding.ids import moment_of
from sharding.once import Once
from sharding.tracebacks import tell

MAX_FAILURES = 12
MAX_BACKOFF_S = 300
# While a server is away: soon after it is back, all of its news shall have been tried again.
MAX_OUTAGE_WAIT_S = 30
# A long batch renews its lease between two events once this share of it has passed.
PROLONG_AFTER = 0.3

log = structlog.get_logger(__name__)

# Who hears of each event whose effect is there: by which subscriber, and which.
on_done: list[Callable[[str, int], None]] = []

# What the relay sends: event id, owner id, payload.
Delivery = tuple[int, int, dict[str, Any]]
Handler = Callable[[dict[str, Any], Once], None]


@dataclass(frozen=True, slots=True)
class Together:
    """How deliveries of one message that concern the same thing are handled at once: which, and by whom."""

    key: Callable[[dict[str, Any]], Hashable]
    handler: Callable[[list[tuple[dict[str, Any], Once]]], None]


# A message may be late, or there twice: who comes first has the delivery, whichever message they hold. One
# whose owner's earlier delivery is elsewhere (claimed, or backed off) is left, to be sent again in order.
_CLAIM = """
    WITH claimable AS (
        SELECT event_id, owner_id FROM outbox_delivery
        WHERE subscriber = %(subscriber)s AND event_id = ANY(%(ids)s)
            AND (state = 'sent' OR (state = 'claimed' AND due_at <= clock_timestamp()))
        FOR UPDATE)
    UPDATE outbox_delivery d
    SET state = 'claimed', due_at = clock_timestamp() + make_interval(secs => %(lease)s)
    FROM claimable c
    WHERE d.subscriber = %(subscriber)s AND d.event_id = c.event_id AND NOT EXISTS (
        SELECT 1 FROM outbox_delivery earlier
        WHERE earlier.subscriber = %(subscriber)s AND earlier.owner_id = c.owner_id
            AND earlier.event_id < c.event_id AND earlier.state <> 'dead'
            AND earlier.event_id NOT IN (SELECT event_id FROM claimable))
    RETURNING d.event_id, d.failures"""
_PROLONG = """
    UPDATE outbox_delivery SET due_at = clock_timestamp() + make_interval(secs => %s)
    WHERE subscriber = %s AND event_id = ANY(%s)"""
_SETTLE = "DELETE FROM outbox_delivery WHERE subscriber = %s AND event_id = ANY(%s)"
_RELEASE = """
    UPDATE outbox_delivery SET state = 'waiting', due_at = clock_timestamp()
    WHERE subscriber = %s AND event_id = ANY(%s) AND state <> 'dead'"""
_WAIT = """
    UPDATE outbox_delivery SET due_at = clock_timestamp() + make_interval(secs => %s),
        state = 'waiting', error = %s
    WHERE subscriber = %s AND event_id = %s"""
_FAIL = """
    UPDATE outbox_delivery SET due_at = clock_timestamp() + make_interval(secs => %s),
        failures = failures + 1, state = %s, error = %s
    WHERE subscriber = %s AND event_id = %s"""


@dataclass(slots=True)
class _Batch:
    """What this process claimed of one message (event → earlier failures), and what became of it."""

    alias: str
    subscriber: str
    claimed: dict[int, int]
    leased_at: float
    done: list[int] = field(default_factory=list)
    held_back: list[int] = field(default_factory=list)
    failed_owners: set[int] = field(default_factory=set)


def deliver(
    subscriber: str,
    handler: Handler,
    alias: str,
    deliveries: list[Delivery],
    together: Together | None = None,
) -> None:
    """
    Run a subscriber's handler on each delivery that nobody else has, in order per owner.

    What belongs `together` is handled at once, or, if that fails, one by one.

    An event whose handler raises is backed off, and its owner's later events wait behind it; other owners
    go on. After `MAX_FAILURES` it is dead: kept with its error, and out of the way. That a server is away is
    no failure of the event's: it waits for as long as that takes.
    """
    try:
        _deliver(subscriber, handler, alias, deliveries, together)
    except Error as error:
        # Where the deliveries stand is away: their leases run out, and the relay sends them again.
        if (server := outages.server_of(error)) is None:
            raise
        outages.met(server, error)


def _deliver(
    subscriber: str, handler: Handler, alias: str, deliveries: list[Delivery], together: Together | None
) -> None:
    claimed = _claim(subscriber, alias, [delivery[0] for delivery in deliveries])
    batch = _Batch(alias, subscriber, claimed, time.monotonic())
    try:
        for group in _groups([each for each in deliveries if each[0] in claimed], together):
            if together is None or len(group) == 1 or not _run_together(batch, together, group):
                for delivery in group:
                    _run(batch, handler, delivery)
    finally:
        _settle(batch)


def _groups(deliveries: list[Delivery], together: Together | None) -> list[list[Delivery]]:
    """Return deliveries by what they concern; none of an owner comes before an earlier one of theirs."""
    if together is None:
        return [[delivery] for delivery in deliveries]
    groups: list[list[Delivery]] = []
    newest: dict[Hashable, int] = {}
    latest: dict[int, int] = {}
    for delivery in deliveries:
        key, owner_id = together.key(delivery[2]), delivery[1]
        at = newest.get(key)
        if at is None or at < latest.get(owner_id, 0):
            at = newest[key] = len(groups)
            groups.append([])
        groups[at].append(delivery)
        latest[owner_id] = at
    return groups


def _run_together(batch: _Batch, together: Together, group: list[Delivery]) -> bool:
    """Return whether all of a group was handled at once; what then was is nothing, or stands in `once`."""
    if any(owner_id in batch.failed_owners for _, owner_id, _ in group):
        return False
    _prolong(batch)
    for _, _, payload in group:
        payload.pop(outbox.TRACEPARENT, None)
    try:
        together.handler([(payload, Once(batch.subscriber, str(event_id))) for event_id, _, payload in group])
    except Exception as error:  # noqa: BLE001 - whichever event it was, it is met again when it is alone
        if outages.server_of(error) is None:
            log.warning("delivery.apart", subscriber=batch.subscriber, events=len(group), error=tell(error))
        return False
    for event_id, _, _ in group:
        _note_done(batch, event_id)
    return True


def _note_done(batch: _Batch, event_id: int) -> None:
    batch.done.append(event_id)
    for hear in on_done:
        hear(batch.subscriber, event_id)


def _run(batch: _Batch, handler: Handler, delivery: Delivery) -> None:
    event_id, owner_id, payload = delivery
    if owner_id in batch.failed_owners:
        batch.held_back.append(event_id)
        return
    _prolong(batch)
    # Also where this process traces nothing: whoever recorded the event did.
    payload.pop(outbox.TRACEPARENT, None)
    try:
        handler(payload, Once(scope=batch.subscriber, key=str(event_id)))
    except AlreadyDone:
        pass
    except Exception as error:  # noqa: BLE001 - whatever it was, this event waits and the others go on
        batch.failed_owners.add(owner_id)
        if (server := outages.server_of(error)) is not None:
            _wait_for(server, batch, event_id, error)
        else:
            _back_off(batch, event_id, error)
        return
    _note_done(batch, event_id)


def _claim(subscriber: str, alias: str, event_ids: list[int]) -> dict[int, int]:
    """Claim what may be claimed; return how often each failed before."""
    arguments: dict[str, Any] = {
        "subscriber": subscriber,
        "ids": event_ids,
        "lease": relay_settings().lease_s,
    }
    with connections[alias].cursor() as cursor:
        cursor.execute(_CLAIM, arguments)
        return dict(cursor.fetchall())


def _prolong(batch: _Batch) -> None:
    """Settle what is done and prolong the lease of the rest, when a good part of it has passed."""
    if time.monotonic() - batch.leased_at < relay_settings().lease_s * PROLONG_AFTER:
        return
    for event_id in [*batch.done, *batch.held_back]:
        batch.claimed.pop(event_id, None)
    _settle(batch)
    with connections[batch.alias].cursor() as cursor:
        cursor.execute(_PROLONG, [relay_settings().lease_s, batch.subscriber, list(batch.claimed)])
    batch.leased_at = time.monotonic()


def _settle(batch: _Batch) -> None:
    with connections[batch.alias].cursor() as cursor:
        if batch.done:
            cursor.execute(_SETTLE, [batch.subscriber, batch.done])
        if batch.held_back:
            cursor.execute(_RELEASE, [batch.subscriber, batch.held_back])
    batch.done, batch.held_back = [], []


def _wait_for(server: str, batch: _Batch, event_id: int, error: Exception) -> None:
    """Try again when it has waited for a quarter longer; an outage is told once, not for each event."""
    outages.met(server, error)
    batch.claimed.pop(event_id)
    age_s = time.time() - moment_of(event_id).timestamp()
    wait_s = min(max(age_s / 4, relay_settings().backoff_s), MAX_OUTAGE_WAIT_S)
    with connections[batch.alias].cursor() as cursor:
        cursor.execute(_WAIT, [wait_s, tell(error), batch.subscriber, event_id])


def _back_off(batch: _Batch, event_id: int, error: Exception) -> None:
    failures = batch.claimed.pop(event_id) + 1
    is_dead = failures >= MAX_FAILURES
    about = {"subscriber": batch.subscriber, "event_id": str(event_id), "failures": failures}
    log.error("delivery.dead" if is_dead else "delivery.failed", exc_info=error, **about)
    wait_s = min(relay_settings().backoff_s * 2 ** (failures - 1), MAX_BACKOFF_S)
    state = "dead" if is_dead else "waiting"
    with connections[batch.alias].cursor() as cursor:
        cursor.execute(_FAIL, [wait_s, state, tell(error), batch.subscriber, event_id])
