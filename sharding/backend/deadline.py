"""
Deadlines: how long anybody waits for an answer, whether or not the server is able to give one.

A frozen server keeps no promise of its own, so `statement_timeout` saves nobody from it. Inside a request all
waits together have a budget (`request_budget_ms`): no statement of a request takes more than milliseconds,
and one that is not answered in that time is not worth a thread. Elsewhere (workers, commands, the relay) a
statement may take what the server allows it, and a second more. `lifted` is for those that take hours.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import psycopg

from sharding.conf import settings

#: What a server that allows a statement its time may take to say that it was too long.
_GRACE_S = 1.0
#: How long a connection may take to open where no budget says less.
_CONNECT_S = 2.0


class DeadlinePassed(psycopg.OperationalError):
    """No answer came in time; the connection is closed, since the answer may still come."""


@dataclass(slots=True)
class Budget:
    """What a request may still wait, in seconds, and whether a transaction of it has been committed."""

    left_s: float
    has_committed: bool = False


_budget: ContextVar[Budget | None] = ContextVar("sharding_budget", default=None)


def budget() -> Budget | None:
    """Return the budget of this request, or None outside of one."""
    return _budget.get()


class within:  # noqa: N801 - read like contextlib's; a generator would cost each request twice as much
    """Give all waits of the block together this much time; a scatter's threads draw on it as well."""

    __slots__ = ("_given", "_token")

    def __init__(self, seconds: float) -> None:
        self._given = Budget(seconds)

    def __enter__(self) -> Budget:
        self._token = _budget.set(self._given)
        return self._given

    def __exit__(self, *_: object) -> None:
        _budget.reset(self._token)


@contextmanager
def lifted() -> Iterator[None]:
    """Wait as long as it takes: for migrations, whose statements have no time-out on the server either."""
    with within(math.inf):
        yield


def note_commit() -> None:
    """Note that something of this request stands, or may."""
    if (given := _budget.get()) is not None:
        given.has_committed = True


def spend(seconds: float) -> None:
    """Note a wait."""
    if (given := _budget.get()) is not None:
        given.left_s -= seconds


def allowed_s() -> float:
    """Return how long a statement may be waited for now."""
    given = _budget.get()
    return settings().statement_timeout_ms / 1000 + _GRACE_S if given is None else max(0.0, given.left_s)


def allowed_to_connect_s() -> float:
    """Return how long a new connection may be waited for now."""
    return min(allowed_s(), _CONNECT_S)
