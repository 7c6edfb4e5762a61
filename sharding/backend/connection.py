"""
A psycopg connection that never waits without an end.

`wait` is where a client waits for its server: everything that is sent passes it, COMMIT too.
"""

import math
import time
import weakref
from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from contextvars import ContextVar
from typing import Any, Self, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout, Diagnostic, _WaitTimeout
from psycopg.rows import TupleRow
from psycopg.waiting import Ready

from sharding.backend import bulkhead, deadline
from sharding.backend.breaker import Breaker
from sharding.backend.bulkhead import SLOW_S, BulkheadFull
from sharding.backend.deadline import DeadlinePassed

T = TypeVar("T")

_INTERVAL_S = 0.1
# Who was not answered for so long counts against the server. Locks are waited for no longer, and who had
# little time left, as the late leg of a scatter, says nothing of it.
_FROZEN_S = 0.5
# What PostgreSQL says where a commit stands here and perhaps on no standby; its words are translated.
_UNREPLICATED = "SyncRepWaitForLSN"

# Of the connection being opened: whose, and until when.
_opening: ContextVar[tuple[str, float]] = ContextVar("sharding_opening")


class OutcomeUnknown(psycopg.OperationalError):
    """The server gave up waiting for its standby: what was committed may be lost with it, or not."""


class Connection(psycopg.Connection[TupleRow]):
    """A connection to one database, with its breaker, its bulkhead and its deadlines."""

    alias = ""
    breaker: Breaker
    #: How long an answer is waited for at most, whatever the budget.
    longest_s = math.inf
    is_committing = False
    is_unreplicated = False

    @classmethod
    def open(cls, alias: str, parameters: dict[str, Any], *, within_s: float) -> Self:
        """
        Connect, and give up in time: libpq's own limit is whole seconds, and at least two.

        :raises psycopg.OperationalError: if it cannot be done
        """
        started = time.monotonic()
        within_s = min(within_s, deadline.allowed_to_connect_s())
        token = _opening.set((alias, started + within_s))
        try:
            made = cls.connect(**parameters)
        finally:
            _opening.reset(token)
            deadline.spend(time.monotonic() - started)
        made.alias = alias
        made._listen()
        return made

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> Generator[Any, Any, Self]:
        steps = super()._connect_gen(conninfo)
        alias, until = _opening.get()
        step = next(steps)
        with ExitStack() as slot:
            holds = False
            while True:
                # psycopg comes back here each tenth of a second, whether there is an answer or not.
                is_ready = yield step
                if not is_ready:
                    if time.monotonic() >= until:
                        raise ConnectionTimeout("the server did not answer in time")
                    if not holds:
                        slot.enter_context(_slot(alias))
                        holds = True
                try:
                    step = steps.send(is_ready)
                except StopIteration as end:
                    made: Self = end.value
                    return made

    def wait(self, gen: PQGen[T], interval: float = _INTERVAL_S, timeout: float | None = None) -> T:
        """
        Wait for an answer, for a moment as everybody may, then only with a slot, and never past the deadline.

        :raises DeadlinePassed: if none came; the connection is closed
        :raises BulkheadFull: if too many wait for this database already; likewise
        :raises OutcomeUnknown: if the server does not know itself whether a commit will stand
        """
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            answer = super().wait(gen, interval, SLOW_S)
        except _WaitTimeout:
            answer = self._wait_on(gen)
        if self.breaker.failures:
            self.breaker.succeed()
        if self.is_unreplicated:
            self.close()
            raise OutcomeUnknown("committed here, and perhaps on no standby")
        return answer

    def commit(self) -> None:
        """Commit; from here on, no answer means that nobody knows."""
        self.is_committing = True
        try:
            super().commit()
        finally:
            # Of one that is closed it is asked afterwards what it was doing.
            self.is_committing = self.closed

    def _wait_on(self, gen: PQGen[T]) -> T:
        """Wait for what takes long; close the connection if the answer is not waited for to the end."""
        started = time.monotonic() - SLOW_S
        try:
            # A commit that was sent is waited for: who leaves it makes an unknown of what is nearly done.
            with nullcontext() if self.is_committing else _slot(self.alias):
                longest_s = min(self.longest_s, deadline.allowed_s()) - SLOW_S
                return super().wait(_resume(gen), _INTERVAL_S, max(0.0, longest_s))
        except _WaitTimeout:
            self.close()
            if time.monotonic() - started >= min(_FROZEN_S, self.longest_s):
                self.breaker.fail()
            raise DeadlinePassed("the server did not answer in time") from None
        except BulkheadFull:
            self.close()
            raise
        finally:
            deadline.spend(time.monotonic() - started)

    def _listen(self) -> None:
        """Hear notices, by a reference that does not keep the connection."""
        heard = weakref.ref(self)

        def hear(notice: Diagnostic) -> None:
            if notice.source_function == _UNREPLICATED and (connection := heard()) is not None:
                connection.is_unreplicated = True

        self.add_notice_handler(hear)


def _resume(gen: PQGen[T]) -> PQGen[T]:
    """
    Go on with a generator that has begun.

    psycopg starts each wait with `next`, that is, it sends None; who is still sending a long statement takes
    that for readiness, and ends.
    """
    ready: int = Ready.NONE
    while True:
        try:
            step = gen.send(ready)
        except StopIteration as end:
            answer: T = end.value
            return answer
        ready = yield step


def _slot(alias: str) -> AbstractContextManager[None]:
    """Return a slot; outside of requests there is nobody to hold up."""
    return nullcontext() if deadline.budget() is None else bulkhead.of(alias).slot()
