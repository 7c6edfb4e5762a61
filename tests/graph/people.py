"""People to follow one another, and the news between them delivered; profiles' tests use them too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from django.conf import settings
from django.db import connections
from django.test import Client

import modules.accounts.tasks
import modules.graph.tasks
import modules.mail.tasks
import modules.profiles.tasks  # noqa: F401 - so that every subscriber is known
from modules.accounts.public import create_account, issue_session_token
from modules.graph.models import FollowCount, FollowIn, FollowOut
from modules.kernel import clock
from modules.kernel.bus import dispatch
from modules.kernel.redis import client as redis_client
from sharding.delivery.consumer import Delivery
from sharding.delivery.relay import Relay
from sharding.testing import choosing

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
# Two shards of instance `a`, so that a wrong row scope shows, and two of `b`.
SHARDS = {"a": (3, 4), "b": (4000, 4001)}


@dataclass(frozen=True)
class Person:
    """An account, and a client that acts for it."""

    id: int
    username: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request as this person."""
        return call(method, path, body, token=issue_session_token(self.id, now=clock.now()), **headers)


@dataclass(frozen=True)
class Answer:
    """What a client got."""

    status: int
    body: Any
    headers: Any


def call(method: str, path: str, body: Any = None, *, token: str | None = None, **others: str) -> Answer:
    """Send a request, as nobody unless there is a token."""
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if token is None else {"X-Session-Token": token}
    headers |= {name.replace("_", "-"): value for name, value in others.items()}
    response = Client().generic(method, path, data, content_type="application/json", headers=headers)
    return Answer(response.status_code, json.loads(response.content or b"null"), response.headers)


def make_person(username: str, *, shard: int = SHARDS["a"][0]) -> Person:
    """Make an account on a shard."""
    with choosing(shard):
        account = create_account(username=username, email=None, password=None, now=NOON)
    return Person(account.id, username)


def make_people(count: int, *, prefix: str = "person") -> list[Person]:
    """Make accounts, spread over all four shards."""
    shards = [*SHARDS["a"], *SHARDS["b"]]
    return [make_person(f"{prefix}_{n:03}", shard=shards[n % len(shards)]) for n in range(count)]


def deliver_all(*, times: int = 1) -> None:
    """
    Relay and handle until nothing is left to do.

    More than once means: the effect stands, the settlement is lost, and the same delivery comes again.
    """

    def ring(subscriber: str, queue: str, alias: str, deliveries: list[Delivery]) -> None:
        for _ in range(times - 1):
            dispatch(subscriber, queue, alias, deliveries)
            _lose_settlement(subscriber, alias, deliveries)
        dispatch(subscriber, queue, alias, deliveries)

    relays = [Relay(alias, ring, settings.RELAY) for alias in ["default", *settings.SHARDING.instances]]
    try:
        while sum(relay.step() for relay in relays):
            pass
    finally:
        for relay in relays:
            relay.close()


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


def announced(event_type: type[Any]) -> list[Any]:
    """Return the events of a kind that wait in any outbox, by id."""
    found = []
    for alias in ["default", *settings.SHARDING.instances]:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT id, payload::text FROM outbox_event WHERE name = %s", [event_type.name])
            found += cursor.fetchall()
    return [event_type(**orjson.loads(payload)) for _, payload in sorted(found)]


def hear_nothing() -> None:
    """Forget what was announced so far."""
    for alias in ["default", *settings.SHARDING.instances]:
        with connections[alias].cursor() as cursor:
            cursor.execute("DELETE FROM outbox_event; DELETE FROM outbox_delivery")


def followings(person: Person) -> list[int]:
    """Return whom a person follows, by the authority."""
    return sorted(FollowOut.objects.of(person.id).on_primary().values_list("target_id", flat=True))


def followers(person: Person) -> list[int]:
    """Return who follows a person, by the mirror."""
    rows = FollowIn.objects.of(person.id).on_primary().filter(is_active=True)
    return sorted(rows.values_list("follower_id", flat=True))


def counts(person: Person) -> tuple[int, int]:
    """Return (followers, following)."""
    rows = FollowCount.objects.of(person.id).on_primary()
    return rows.values_list("followers", "following").first() or (0, 0)


@contextmanager
def redis_away(settings: Any) -> Iterator[None]:
    """Send the hot client to a port where nobody listens, and back."""
    before = settings.REDIS
    settings.REDIS = dict.fromkeys(
        redis_client.PURPOSES, redis_client.RedisSettings(url="redis://127.0.0.1:1/0")
    )
    reconnect()
    try:
        yield
    finally:
        settings.REDIS = before
        reconnect()


def reconnect() -> None:
    """Take a new client, whose breaker knows of no outage."""
    redis_client.redis("timelines").close()
    redis_client.forget_clients()
