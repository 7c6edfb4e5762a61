"""Breakers: nobody waits for a server that failed twice; now and then one caller tries again."""

import os
import threading
import time
import weakref
from collections.abc import Callable

from sharding import outages

FAILURES = 2
OPEN_S = 2.0

# Whom each breaker tells that it has failed or has closed again; never on the way of what succeeds.
on_change: "list[Callable[[Breaker], None]]" = []

_all: "weakref.WeakSet[Breaker]" = weakref.WeakSet()
_by_alias: dict[str, "Breaker"] = {}


class BreakerOpen(Exception):
    """The server failed a moment ago, and another caller is the next to try."""


class Breaker:
    """A circuit breaker for one server, shared by the threads of a process."""

    def __init__(self, server: str, failures: int = FAILURES, seconds: float = OPEN_S) -> None:
        """Start closed; `server` is what outages call it."""
        self.server = server
        self.failures = 0
        self._limit = failures
        self._seconds = seconds
        self._open_until = 0.0
        self._lock = threading.Lock()
        _all.add(self)

    @property
    def is_open(self) -> bool:
        """Whether callers are turned away, but for a probe."""
        return self.failures >= self._limit

    def enter(self) -> bool:
        """
        Pass, and tell whether this caller is the probe on whom the others wait.

        :raises BreakerOpen: at once, while it is open and it is nobody's turn to try
        """
        if self.failures < self._limit:
            return False
        with self._lock:
            if self.failures < self._limit:
                return False
            now = time.monotonic()
            if now < self._open_until:
                raise BreakerOpen(self.server)
            # No mark that a probe is under way: one that never comes back would leave it for ever.
            self._open_until = now + self._seconds
            return True

    def succeed(self) -> None:
        """Close."""
        if self.failures:
            self.failures = 0
            outages.over(self.server)
            self._tell()

    def fail(self) -> None:
        """Count a failure, and open at the limit."""
        with self._lock:
            self.failures += 1
            self._open_until = time.monotonic() + self._seconds
        self._tell()

    def _tell(self) -> None:
        for hear in on_change:
            hear(self)


def of(alias: str) -> Breaker:
    """Return this process's breaker of a database."""
    found = _by_alias.get(alias)
    return found if found is not None else _by_alias.setdefault(alias, Breaker(outages.name_of(alias)))


def list_open() -> list[str]:
    """Return the servers whose callers this process turns away, in order."""
    return sorted({breaker.server for breaker in list(_all) if breaker.is_open})


def close_all() -> None:
    """Close all of them, and forget who holds a lock; after a fork, and in tests."""
    for breaker in list(_all):
        breaker.failures = 0
        breaker._lock = threading.Lock()


os.register_at_fork(after_in_child=close_all)
