"""People on different shards and instances, what they were told, and a client that speaks JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from typing import Any

from django.conf import settings
from django.db import connections
from django.test import Client

from config.settings.contexts import CONTEXTS
from modules.accounts import public as accounts
from modules.kernel import bus, clock
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.posts.schemas import NewPost, PastPost, PostPage
from modules.posts.services.bulk import create_posts_in_bulk
from modules.posts.services.posts import publish_post
from modules.profiles import public as profiles
from sharding.delivery.relay import Relay
from sharding.ids import make_id, moment_of, shard_of
from sharding.testing import Queries, choosing
from tests.kit.machines import until

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ALIASES = ("default", "a", "b")
# Two of each instance, whichever way the map cuts the range.
SHARDS = (0, 1, 2047, 2048, 4094, 4095)

_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with an account and a profile, and with a session if they signed up."""

    id: int
    username: str
    token: str = ""


@dataclass(frozen=True)
class Answer:
    """What a client got."""

    status: int
    body: Any
    headers: Any

    @property
    def texts(self) -> list[str]:
        return [card["text"] for card in self.body["data"]]


def make_person(username: str | None = None, *, shard: int | None = None) -> Person:
    """Make somebody who can be followed, on the next of six shards if none is given."""
    number = next(_numbers)
    name = username or f"person{number}"
    with choosing(SHARDS[number % 6] if shard is None else shard):
        [user_id] = accounts.create_accounts_in_bulk([name], now=NOON)
    profiles.create_profiles_in_bulk([(user_id, name)])
    return Person(user_id, name)


def sign_up(username: str) -> Person:
    """Make somebody with a session."""
    person = make_person(username)
    return replace(person, token=accounts.issue_session_token(person.id, now=clock.now()))


def publish(author: Person, text: str = "Hello") -> int:
    """Publish through the real service; nobody has heard of it yet."""
    return publish_post(author.id, NewPost(text=text), now=NOON, once=None).id


def publish_past(author: Person, *moments: int) -> list[int]:
    """Make posts of 2025 without news; the greater the number, the newer the post."""
    sequence = author.id & 1023
    create_posts_in_bulk([PastPost(author.id, f"past {n}", moment_of(n << 22), sequence) for n in moments])
    until_replicated()
    return [make_id(n, shard_of(author.id), sequence) for n in moments]


def until_replicated() -> None:
    """Wait for the replicas: who asks without a mark of their own may be answered by one that lags."""
    for instance, replicas in settings.SHARDING.replicas.items():
        with connections[instance].cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
            (written,) = cursor.fetchone()
        for replica in replicas:
            until(partial(_has_replayed, replica, written))


def _has_replayed(replica: str, written: str) -> bool:
    with connections[replica].cursor() as cursor:
        cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [written])
        return bool(cursor.fetchone()[0])


def drain() -> None:
    """Relay everything that was recorded, and what follows from it, through the real subscribers."""
    with _relays() as relays:
        while sum(relay.step() for relay in relays):
            pass
    assert undelivered() == []


def relay_some() -> None:
    """Let each relay take one turn."""
    with _relays() as relays:
        for relay in relays:
            relay.step()


@contextmanager
def _relays() -> Iterator[list[Relay]]:
    for context in CONTEXTS:
        if find_spec(f"modules.{context}.tasks"):
            import_module(f"modules.{context}.tasks")
    relays = [Relay(alias, bus.dispatch, settings.RELAY) for alias in ALIASES]
    yield relays
    for relay in relays:
        relay.close()


def ids_of(page: Rendered[PostPage]) -> list[int]:
    """Return the ids of a page's posts."""
    return [card.id for card in page.parse().data]


def on(paging: Paging, cursor: str | None) -> Paging:
    """Return the page that a cursor leads to."""
    assert cursor is not None
    return paging.at(cursor)


def count_reads(queries: Queries) -> int:
    """Return how many statements ran, but for those that ask a replica how far it is."""
    return sum("pg_last_wal_replay_lsn" not in sql for _, sql in queries.statements)


def undelivered() -> list[tuple[str, str | None]]:
    """Return what failed: subscriber and error."""
    return _rows("SELECT subscriber, error FROM outbox_delivery")


def announced(name: str) -> list[dict[str, Any]]:
    """Return the payloads of an event on all instances."""
    return [
        json.loads(row[0]) for row in _rows(f"SELECT payload::text FROM outbox_event WHERE name = '{name}'")
    ]


def call(method: str, path: str, body: Any = None, *, as_: Person | None = None, **headers: str) -> Answer:
    """Send one request through Django's test client; a body that is bytes goes as it is."""
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    if as_ is not None:
        sent["X-Session-Token"] = as_.token
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    response = Client().generic(method, path, data, content_type="application/json", headers=sent)
    return Answer(response.status_code, json.loads(response.content or b"null"), response.headers)


def _rows(query: str) -> list[Any]:
    found: list[Any] = []
    for alias in ALIASES:
        with connections[alias].cursor() as cursor:
            cursor.execute(query)
            found += cursor.fetchall()
    return found
