"""Relay and worker, killed at moments that nobody chooses."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.kit.machines import Deliverers

KILLS = 2  # of each: a process that starts takes seconds of a core


class Killer(threading.Thread):
    """
    Kills a process and starts it again, at moments that nobody chooses.

    What it has started dies with it, so it stays until it is told to end.
    """

    def __init__(self, seed: int, kill: Callable[[], object], run: Callable[[], object]) -> None:
        super().__init__()
        self._chance, self._kill, self._run = random.Random(seed), kill, run
        self.kills, self.is_over = 0, threading.Event()

    def run(self) -> None:
        while self.kills < KILLS:
            self.is_over.wait(self._chance.uniform(0.1, 2))
            self._kill()
            self._run()
            self.kills += 1
        self.is_over.wait()

    @property
    def is_done(self) -> bool:
        return self.kills == KILLS or not self.is_alive()


@contextmanager
def killed_again_and_again(deliverers: Deliverers, *, seed: int) -> Iterator[list[Killer]]:
    """Kill relay and worker, each by a loop of its own."""
    killers = [
        Killer(seed, lambda: deliverers.relay.kill(), deliverers.run_relay),
        Killer(seed + 1, lambda: deliverers.worker.kill(), deliverers.run_worker),
    ]
    for killer in killers:
        killer.start()
    try:
        yield killers
    finally:
        for killer in killers:
            killer.is_over.set()
            killer.join()
