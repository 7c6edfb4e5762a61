"""CPU time of process trees, from /proc, and which core runs what."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Used:
    """CPU seconds, user and system, of the server's processes, of Redis and of PostgreSQL."""

    server: float
    redis: float
    postgres: float

    def since(self, earlier: Used) -> Used:
        """Return what was used since then."""
        return Used(
            self.server - earlier.server, self.redis - earlier.redis, self.postgres - earlier.postgres
        )


def used_by(*pids: int) -> float:
    """
    Return the CPU seconds of these processes, their descendants, and those of them that have ended.

    What a child used goes to its parent when the parent waits for it, so nothing is lost in between.
    """
    return sum(_own_and_reaped(process) for pid in pids for process in _tree(pid))


def pin(pids: list[int], cores: list[int]) -> None:
    """Keep processes, what they started and what they will start, to some cores."""
    for pid in pids:
        for process in _tree(pid):
            with contextlib.suppress(psutil.Error):
                process.cpu_affinity(cores)


@contextlib.contextmanager
def pinned(cores: list[int]) -> Iterator[None]:
    """Keep this thread to some cores, and so what it starts, while the block runs."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True, slots=True)
class Cores:
    """The server has the first core for itself; the driver, Redis and PostgreSQL share the others."""

    server: list[int]
    others: list[int]

    @classmethod
    def share(cls) -> Cores:
        """Return the cores that this process may use, shared out; a single one serves all."""
        available = sorted(os.sched_getaffinity(0))
        return cls(available[:1], available[1:2] or available[:1])


def _tree(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _own_and_reaped(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
