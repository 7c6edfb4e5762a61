"""Hears what sharding and the kernel tell to whoever listens, and counts it."""

import time
from functools import cache

from django.db import connections
from prometheus_client import Counter

from config.metrics import instruments
from modules.kernel import cards
from modules.kernel.redis.servers import redis_clients
from sharding import outages
from sharding.backend import breaker, bulkhead
from sharding.delivery import consumer
from sharding.ids import moment_of


def observe() -> None:
    """Listen from here on; each server is there with a zero, for an alert cannot see what is absent."""
    breaker.on_change.append(_note_breaker)
    bulkhead.on_slot.append(_note_slow_wait)
    cards.on_read.append(_note_cards)
    consumer.on_done.append(_note_delivery)
    databases = [outages.name_of(alias) for alias in connections]
    for server in [*databases, *[client.name for client in redis_clients()]]:
        instruments.BREAKERS_OPEN.labels(server).set(0)
    for database in databases:
        instruments.SLOW_WAITS.labels(database).set(0)
        instruments.SLOW_WAITS_REFUSED.labels(database)


def _note_breaker(changed: breaker.Breaker) -> None:
    instruments.BREAKERS_OPEN.labels(changed.server).set(changed.is_open)


def _note_slow_wait(alias: str, change: int) -> None:
    database = outages.name_of(alias)
    if change:
        instruments.SLOW_WAITS.labels(database).inc(change)
    else:
        instruments.SLOW_WAITS_REFUSED.labels(database).inc()


def _note_cards(kind: str, found: int, missing: int) -> None:
    hits, misses = _of_kind(kind)
    if found:
        hits.inc(found)
    if missing:
        misses.inc(missing)


@cache
def _of_kind(kind: str) -> tuple[Counter, Counter]:
    """Return what counts hits and misses of a kind."""
    return instruments.CARD_READS.labels(kind, "hit"), instruments.CARD_READS.labels(kind, "miss")


def _note_delivery(subscriber: str, event_id: int) -> None:
    lag = time.time() - moment_of(event_id).timestamp()
    instruments.DELIVERY_SECONDS.labels(subscriber).observe(max(lag, 0.0))
