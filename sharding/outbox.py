"""
The outbox: a fact is recorded beside the rows it tells of, in their transaction.

Who hears a fact is registered by name (`subscribe`); `sharding.delivery.relay` turns facts into deliveries.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import orjson
from django.db import connections

from sharding import binding
from sharding.ids import shard_of


class Event(Protocol):
    """A frozen dataclass of ids with a versioned name."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    name: ClassVar[str]


# A message has so many deliveries, and what else there is of its last owner's.
BATCH = 50


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who hears an event: the name of its task, its queue, and how many deliveries a message has."""

    name: str
    queue: str
    batch: int = BATCH


_subscribers: dict[str, list[Subscriber]] = defaultdict(list)
# The events that are said, whether or not anybody hears them.
_declared: set[str] = set()

# Under this the payload says which trace recorded the event (W3C Trace Context); it is no field of the event.
TRACEPARENT = "traceparent"
# Who adds to a payload what the event does not know; nobody, where nothing is traced.
on_record: list[Callable[[dict[str, Any]], None]] = []

_RECORD = "INSERT INTO outbox_event (id, owner_id, name, payload) VALUES (next_id(%s), %s, %s, %s::jsonb)"


def record(event: Event, *, owner_id: int | None = None) -> None:
    """
    Record a fact in the transaction that is open; the fact and the rows happen together or not at all.

    The owner, who orders deliveries, is the binding's unless it is given (the directory serves many).
    Costs one INSERT.

    :raises NoShard: outside `writing_for` and `writing_directory`
    """
    bound = binding.require()
    owner = bound.owner_id if owner_id is None else owner_id
    facts = {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}
    for add in on_record:
        add(facts)
    payload = orjson.dumps(facts).decode()
    with connections[bound.alias].cursor() as cursor:
        cursor.execute(_RECORD, [shard_of(owner), owner, event.name, payload])


def subscribe(event_name: str, subscriber: str, queue: str, *, batch: int = BATCH) -> None:
    """Register who hears an event; a second registration of the same name is a mistake."""
    known = _subscribers[event_name]
    if any(other.name == subscriber for other in known):
        raise ValueError(f"{subscriber} subscribes to {event_name} twice.")
    known.append(Subscriber(subscriber, queue, batch))


def declare(event_name: str) -> None:
    """Register an event that is said here, so that the relay completes it also if nobody hears it."""
    _declared.add(event_name)


def known_names() -> list[str]:
    """Return the names of all events of this release; none where nothing has registered itself."""
    return sorted(_declared.union(name for name, known in _subscribers.items() if known))


def subscriptions() -> list[tuple[str, Subscriber]]:
    """Return every (event name, subscriber)."""
    return [(name, subscriber) for name, known in _subscribers.items() for subscriber in known]
