"""Whether processes live. psutil's own waiting counts zombies as alive, and containers often keep those."""

from __future__ import annotations

import time
from collections.abc import Iterable

import psutil

POLL = 0.03


def is_alive(process: psutil.Process) -> bool:
    """Return whether a process still runs."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for_end(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until all have ended, or the time is up, and return those that still run."""
    deadline = time.monotonic() + seconds
    while (left := [process for process in processes if is_alive(process)]) and time.monotonic() < deadline:
        time.sleep(POLL)
    return left
