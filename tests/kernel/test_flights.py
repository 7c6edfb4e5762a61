"""What many want at once is made by few; nobody gets what is older than their question, or waits long."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from traceback import walk_stack
from typing import Any

import pytest

from modules.kernel import flights as flights_module
from modules.kernel.flights import Flights, Made
from sharding.errors import InstanceUnavailable
from tests.kit.machines import until


class Source:
    """Makes what it says now of each id; while it is `held`, making takes until it is let go."""

    def __init__(self) -> None:
        self.says = "old"
        self.asked: list[list[int]] = []
        self.failure: Exception | None = None
        self._go = threading.Event()
        self._go.set()

    def make(self, ids: list[int]) -> Made[str]:
        failure, said = self.failure, self.says
        self.asked.append(ids)
        self._go.wait()
        if failure is not None:
            raise failure
        return Made({id: f"{id} {said}" for id in ids if id < 100}, {})

    @contextmanager
    def held(self) -> Iterator[None]:
        self._go.clear()
        try:
            yield
        finally:
            self._go.set()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


def count_waiting() -> int:
    """Return how many threads wait for what others make."""
    frames = sys._current_frames().values()
    return sum(
        any(frame.f_code is flights_module._wait.__code__ for frame, _ in walk_stack(frame))
        for frame in frames
    )


def found(answer: Future[Any]) -> dict[int, str]:
    return dict(answer.result(timeout=20).found)


def begin(pool: ThreadPoolExecutor, ask: Callable[..., Any], source: Source, *ids: int) -> Future[Any]:
    """Let a thread ask, and return when its making has begun."""
    before = len(source.asked)
    answer = pool.submit(ask, list(ids))
    until(lambda: len(source.asked) == before + 1)
    return answer


class TestFlights:
    def test_two_make_what_sixteen_want_and_one_of_them_for_all_who_came_later(self, source, pool):
        flights = Flights(source.make, wait_s=20)

        with source.held():
            first = begin(pool, flights.fetch, source, 1, 2)
            others = [pool.submit(flights.fetch, [2, 1]) for _ in range(15)]
            until(lambda: count_waiting() == 15)
            source.says = "new"

        assert found(first) == {1: "1 old", 2: "2 old"}
        # Something was written since the first one read, which those who came later may know of.
        assert [found(other) for other in others] == [{1: "1 new", 2: "2 new"}] * 15
        assert source.asked == [[1, 2], [2, 1]]
        assert sorted(len(other.result().own_ids) for other in others) == [0] * 14 + [2]

    def test_who_asks_for_more_makes_the_rest_at_once(self, source, pool):
        flights = Flights(source.make, wait_s=20)

        with source.held():
            first = begin(pool, flights.fetch, source, 1)
            second = begin(pool, flights.fetch, source, 1, 2, 100)

        assert (found(first), found(second)) == ({1: "1 old"}, {2: "2 old", 1: "1 old"})
        assert source.asked == [[1], [2, 100], [1]]

    def test_nothing_is_left_of_it(self, source):
        flights = Flights(source.make, wait_s=20)

        answers = [dict(flights.fetch([1, 100]).found) for _ in range(2)]

        assert (answers, source.asked) == ([{1: "1 old"}] * 2, [[1, 100]] * 2)
        assert (flights._under_way, flights._boarding) == ({}, {})

    def test_a_failure_is_its_own_and_others_try_themselves(self, source, pool):
        flights = Flights(source.make, wait_s=20)
        source.failure = InstanceUnavailable("a")

        with source.held():
            first = begin(pool, flights.fetch, source, 1)
            others = [pool.submit(flights.fetch, [1]) for _ in range(3)]
            until(lambda: count_waiting() == 3)

        assert isinstance(first.exception(timeout=20), InstanceUnavailable)
        assert [type(other.exception(timeout=20)) for other in others] == [InstanceUnavailable] * 3
        source.failure = None
        assert dict(flights.fetch([1]).found) == {1: "1 old"}
        assert (flights._under_way, flights._boarding) == ({}, {})

    def test_nobody_waits_longer_than_they_may(self, source, pool):
        flights = Flights(source.make, wait_s=0.05)

        with source.held():
            first = begin(pool, flights.fetch, source, 1)
            second = begin(pool, flights.fetch, source, 1)
            third = begin(pool, flights.fetch, source, 1)

        assert [found(each) for each in (first, second, third)] == [{1: "1 old"}] * 3
        assert source.asked == [[1]] * 3
