"""What a row of requests is: what is sent to Banyan, and what to the floor for the same answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.driver import request
from benchmarks.people import Person
from benchmarks.world import World

MANY = 20_000  # requests a round at most, whatever the time
KEYED = 4_000  # requests of a round that each need a key of their own

Lines = list[bytes]


@dataclass(frozen=True, slots=True)
class Request:
    """One row: how its requests are made for both sides, and what must be done before each round."""

    name: str
    title: str
    floor_title: str
    banyan: Callable[[World], Lines]
    floor: Callable[[World], Lines]
    status: int = 200
    at_most: int = MANY
    is_once: bool = False  # each request is sent once a round, for sending it changes what it meets
    prepare: Callable[[World], None] = lambda world: None


def get(path: str, person: Person) -> bytes:
    """Return a read by somebody who is logged in."""
    return request("GET", path, {"X-Session-Token": person.token})
