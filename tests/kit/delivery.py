"""The outboxes of all instances: what was announced, and its delivery to subscribers in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import connections

from config.settings.contexts import CONTEXTS
from modules.kernel import bus
from sharding.delivery.consumer import Delivery
from sharding.delivery.relay import Relay
from tests.kit.machines import until


def drain(*, times: int = 1, but: str = "") -> None:
    """
    Relay everything that was recorded, and what follows from it, through the real subscribers.

    More than once means: the effect stands, the settlement is lost, and the same delivery comes again.
    What is for one subscriber may be left with a worker that is slow.
    """
    with _relays(times, but) as relays:
        while sum(relay.step() for relay in relays):
            pass
    assert {subscriber for subscriber, _ in undelivered()} <= {but}


def relay_some() -> None:
    """Let each relay take one turn."""
    with _relays() as relays:
        for relay in relays:
            relay.step()


def relay_unheard() -> None:
    """Let each relay take one turn whose messages reach nobody."""
    with _relays(times=0) as relays:
        for relay in relays:
            relay.step()


def undelivered() -> list[tuple[str, str | None]]:
    """Return what failed: subscriber and error."""
    return _rows("SELECT subscriber, error FROM outbox_delivery")


def announced(name: str) -> list[dict[str, Any]]:
    """Return the payloads of an event that wait in any outbox, by id."""
    rows = _rows("SELECT id, payload::text FROM outbox_event WHERE name = %s", name)
    return [json.loads(payload) for _, payload in sorted(rows)]


def announced_events(event_type: type[Any]) -> list[Any]:
    """Return the events of a kind that wait in any outbox, by id."""
    return [event_type(**payload) for payload in announced(event_type.name)]


def until_replicated() -> None:
    """Wait for the replicas: who asks without a mark of their own may be answered by one that lags."""
    for instance, replicas in settings.SHARDING.replicas.items():
        with connections[instance].cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
            (written,) = cursor.fetchone()
        for replica in replicas:
            until(partial(_has_replayed, replica, written))


def aliases() -> list[str]:
    """Return every database that has an outbox."""
    return ["default", *settings.SHARDING.instances]


@contextmanager
def _relays(times: int = 1, but: str = "") -> Iterator[list[Relay]]:
    for context in CONTEXTS:  # so that every subscriber is known
        if find_spec(f"modules.{context}.tasks"):
            import_module(f"modules.{context}.tasks")
    bus.declare_events()
    notify = partial(_dispatch, times, but)
    with ExitStack() as stack:
        yield [stack.enter_context(closing(Relay(alias, notify, settings.RELAY))) for alias in aliases()]


def _dispatch(
    times: int, but: str, subscriber: str, queue: str, alias: str, deliveries: list[Delivery]
) -> None:
    if subscriber == but:
        return
    for left in reversed(range(times)):
        bus.dispatch(subscriber, queue, alias, deliveries)
        if left:
            _lose_settlement(subscriber, alias, deliveries)


def _lose_settlement(subscriber: str, alias: str, deliveries: list[Delivery]) -> None:
    """Put the rows of settled deliveries back, as the relay sent them."""
    with connections[alias].cursor() as cursor:
        for event_id, owner_id, payload in deliveries:
            cursor.execute(
                "INSERT INTO outbox_delivery (event_id, subscriber, owner_id, name, payload, state, due_at)"
                " VALUES (%s, %s, %s, 'repeated', %s, 'sent', now() + interval '1 hour')"
                " ON CONFLICT DO NOTHING",
                [event_id, subscriber, owner_id, json.dumps(payload)],
            )


def _has_replayed(replica: str, written: str) -> bool:
    with connections[replica].cursor() as cursor:
        cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [written])
        return bool(cursor.fetchone()[0])


def _rows(query: str, *values: str) -> list[Any]:
    found: list[Any] = []
    for alias in aliases():
        with connections[alias].cursor() as cursor:
            cursor.execute(query, values)
            found += cursor.fetchall()
    return found
