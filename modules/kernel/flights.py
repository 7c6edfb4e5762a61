"""
Flights: what several threads of a process want at the same time is made once, and given to all of them.

A card that half of a town looks at is gone from Redis in one moment, and missed by every request until the
first has rendered it. Here the others wait for it. Nobody is given what is older than their own question:
who comes while one is under way does not take what it brings, for a write may have ended since it began to
read. They wait for it to land, and then go together on the next one. So of any number at once two read.

Nobody waits long: who has waited `wait_s` makes for themselves what they need, as does whoever is given
nothing because making it has failed for others.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from sharding.scatter import Unavailable
from sharding.scope import current_binding

T = TypeVar("T")


class Made(NamedTuple, Generic[T]):
    """What was made by id, and of which ids nobody could tell, and why; of the others there is none."""

    found: Mapping[int, T]
    failures: Unavailable


class _Flight(Generic[T]):
    """One making of some ids: it boards, is under way, and lands with what was made, or with nothing."""

    __slots__ = ("landed", "made")

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.made: Made[T] | None = None


class Given(NamedTuple, Generic[T]):
    """What somebody was given: all that was made for them, and which of it by themselves."""

    found: dict[int, T]
    failures: Unavailable
    own_ids: list[int]


class Flights(Generic[T]):
    """Makes things of one kind by id, `make` together for all who want the same at the same time."""

    def __init__(self, make: Callable[[list[int]], Made[T]], *, wait_s: float) -> None:
        """Keep how they are made, and how long anybody waits for somebody else."""
        self._make = make
        self._wait_s = wait_s
        self._lock = threading.Lock()
        self._under_way: dict[int, _Flight[T]] = {}
        self._boarding: dict[int, _Flight[T]] = {}

    def fetch(self, ids: Collection[int]) -> Given[T]:
        """
        Return these, made by this thread or by another one, from what was read after this was asked.

        In a transaction they are made alone: it sees what nobody else may.
        """
        own_ids: list[int] = []
        given: Given[T] = Given({}, {}, own_ids)
        if current_binding() is not None:
            self._take(given, ids, self._make(list(ids)))
            own_ids.extend(ids)
            return given
        deadline = time.monotonic() + self._wait_s
        first, next_one = _Flight[T](), _Flight[T]()
        firsts, waited_for, joined = self._board(ids, first, next_one)
        try:
            if firsts:
                self._take(given, firsts, self._fly(first, firsts))
                own_ids.extend(firsts)
            if waited_for:
                _wait(waited_for.values(), deadline)
                self._depart(waited_for, next_one)
                self._take(given, waited_for, self._fly(next_one, list(waited_for)))
                own_ids.extend(waited_for)
        finally:
            # Whatever became of it, nobody waits for what will never depart.
            self._land(next_one, waited_for)
        self._join(given, joined, deadline)
        return given

    def _board(
        self, ids: Collection[int], first: _Flight[T], next_one: _Flight[T]
    ) -> tuple[list[int], dict[int, _Flight[T]], dict[int, _Flight[T]]]:
        """
        Find a place for each id: those nobody is at, which depart at once with `first`; those that are under
        way, for which `next_one` waits; and those for which somebody else's waits already.
        """
        firsts: list[int] = []
        waited_for: dict[int, _Flight[T]] = {}
        joined: dict[int, _Flight[T]] = {}
        with self._lock:
            for id in ids:
                if (waiting := self._boarding.get(id)) is not None:
                    joined[id] = waiting
                elif (under_way := self._under_way.get(id)) is not None:
                    waited_for[id] = under_way
                    self._boarding[id] = next_one
                else:
                    firsts.append(id)
                    self._under_way[id] = first
        return firsts, waited_for, joined

    def _depart(self, ids: Iterable[int], flight: _Flight[T]) -> None:
        """Let nobody board any more: it is about to read."""
        with self._lock:
            for id in ids:
                del self._boarding[id]
                self._under_way[id] = flight

    def _fly(self, flight: _Flight[T], ids: list[int]) -> Made[T]:
        try:
            flight.made = self._make(ids)
        finally:
            self._land(flight, ids)
        return flight.made

    def _land(self, flight: _Flight[T], ids: Iterable[int]) -> None:
        """Let go who waits for it, for what it brings or for a try of their own."""
        with self._lock:
            for id in ids:
                for flights in (self._under_way, self._boarding):
                    if flights.get(id) is flight:
                        del flights[id]
        flight.landed.set()

    def _join(self, given: Given[T], joined: Mapping[int, _Flight[T]], deadline: float) -> None:
        """Take from others what they bring, and make alone what they do not bring in time."""
        _wait(joined.values(), deadline)
        left = []
        for id, flight in joined.items():
            if flight.landed.is_set() and flight.made is not None:
                self._take(given, [id], flight.made)
            else:
                left.append(id)
        if left:
            self._take(given, left, self._make(left))
            given.own_ids.extend(left)

    @staticmethod
    def _take(given: Given[T], ids: Iterable[int], made: Made[T]) -> None:
        for id in ids:
            if id in made.found:
                given.found[id] = made.found[id]
            elif id in made.failures:
                given.failures[id] = made.failures[id]


def _wait(flights: Iterable[_Flight[T]], deadline: float) -> None:
    """Wait until all of them have landed, or until the deadline."""
    for flight in set(flights):
        flight.landed.wait(max(deadline - time.monotonic(), 0))
