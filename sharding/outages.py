"""
What is away, told once when it begins and once when it is over; in between everybody knows.

Two seconds without an instance would otherwise be a line, or a traceback, for each request and delivery.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import structlog
from django.db.backends.base.base import BaseDatabaseWrapper

from sharding.errors import InstanceUnavailable

REMIND_S = 60.0
DIRECTORY = "default"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Outage:
    """Since when, when it was told last, and how often it was met since."""

    began: float
    told: float
    met: int = 0


_away: dict[str, _Outage] = {}
_lock = threading.Lock()


def server_of(error: BaseException) -> str | None:
    """Return which server an error says is away, or None if it says something else."""
    if isinstance(error, InstanceUnavailable):
        return name_of(error.alias)
    return getattr(error, "server", None)  # of Redis, whose errors this package does not know


def met(server: str, error: BaseException) -> None:
    """Note that a server was found away; say so if nobody did in the last minute."""
    now = time.monotonic()
    with _lock:
        outage = _away.get(server)
        if outage is not None and now - outage.told < REMIND_S:
            outage.met += 1
            return
        if outage is None:
            outage = _away[server] = _Outage(began=now, told=now)
        outage.told, outage.met = now, outage.met + 1
        seconds, times = now - outage.began, outage.met
    more = {"seconds": round(seconds), "times": times} if times > 1 else {}
    log.warning("outage", instance=server, reason=type(error).__name__, **more)


def over(server: str) -> None:
    """Note that a server answers; say so if it was away."""
    if not _away:
        return
    with _lock:
        outage = _away.pop(server, None)
    if outage is not None:
        seconds = round(time.monotonic() - outage.began, 1)
        log.warning("outage_over", instance=server, seconds=seconds, times=outage.met)


def on_connected(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Hear of a new connection to a database: it is there again."""
    over(name_of(connection.alias))


def name_of(alias: str) -> str:
    """Return what people call the server behind an alias."""
    return "directory" if alias == DIRECTORY else alias
