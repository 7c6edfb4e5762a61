"""
Bulkheads: a slow database holds some of a process's threads, never all.

A slot is taken by who has waited for `SLOW_S` already, not by everybody who asks: a quarter of four threads
is one, and with one slot two users of a healthy instance would wait for each other. So ordinary statements
pay nothing and are never refused, and what is bounded is what hurts: threads that hang.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from sharding.conf import settings

# Longer than a busy machine or a checkpoint takes, and far from what a request may wait.
SLOW_S = 0.2

# Who hears of each slow wait: of which database, and +1 as it begins, -1 as it ends, 0 if it was refused.
on_slot: list[Callable[[str, int], None]] = []

_by_alias: dict[str, "Bulkhead"] = {}


class BulkheadFull(psycopg.OperationalError):
    """As many threads as may wait for this database wait for it already."""


class Bulkhead:
    """The slots of one database in this process."""

    def __init__(self, slots: int, alias: str = "") -> None:
        """Start empty."""
        self._alias = alias
        self._free = threading.BoundedSemaphore(slots)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """
        Hold a slot, and give it back whatever happens.

        :raises BulkheadFull: at once, if there is none
        """
        if not self._free.acquire(blocking=False):
            self._tell(0)
            raise BulkheadFull("as many threads as may wait for this database wait already")
        self._tell(1)
        try:
            yield
        finally:
            self._free.release()
            self._tell(-1)

    def _tell(self, change: int) -> None:
        for hear in on_slot:
            hear(self._alias, change)


def of(alias: str) -> Bulkhead:
    """Return this process's bulkhead of a database."""
    found = _by_alias.get(alias)
    return found if found is not None else _by_alias.setdefault(alias, Bulkhead(settings().slow_waits, alias))


# Threads that held slots do not survive a fork.
os.register_at_fork(after_in_child=_by_alias.clear)
