"""Connections of a thread on which a statement failed: at the end of a request no others are looked at."""

from __future__ import annotations

import threading
from typing import Any, Protocol


class Closable(Protocol):
    """What is asked of such a connection."""

    errors_occurred: bool

    def close_if_unusable_or_obsolete(self) -> None:
        """Close it if it is no good any more."""


class _Failed(threading.local):
    """Of this thread; as many at most as there are databases."""

    def __init__(self) -> None:
        self.connections: set[Closable] = set()


_failed = _Failed()


def note(connection: Closable) -> None:
    """Remember a connection on which a statement has failed."""
    _failed.connections.add(connection)


def close_broken(**_: Any) -> None:
    """Close this thread's connections on which a statement failed and that are no good since."""
    failed = _failed.connections
    while failed:
        connection = failed.pop()
        if connection.errors_occurred:
            connection.close_if_unusable_or_obsolete()
