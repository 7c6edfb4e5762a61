"""People who use the API all the time, and what it acknowledged to them, and when."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from modules.kernel import clock
from tests.kit.client import Client
from tests.kit.machines import until


@dataclass
class Acknowledged:
    """A post that the API has taken, between two moments of this machine's clock."""

    post_id: int
    author_id: int
    sent: datetime
    answered: datetime


@dataclass
class Town:
    """Each person in a loop of their own: a post, then somebody is followed, or no longer."""

    people: list[Client]
    posts: list[Acknowledged] = field(default_factory=list)
    _is_over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Have everybody use the API."""
        self._is_over.clear()
        with ThreadPoolExecutor(len(self.people)) as pool:
            lives = [pool.submit(self._live, person) for person in self.people]
            yield
            self._is_over.set()
        for life in lives:
            life.result()

    def go_on(self) -> None:
        """Wait until people have written some times more, and a second, as backups count time, is over."""
        known = len(self.posts)
        until(lambda: len(self.posts) > known + 5 * len(self.people))
        second = int(time.time())
        until(lambda: time.time() >= second + 1)

    def _live(self, person: Client) -> None:
        chance = random.Random(person.id)
        others = [other for other in self.people if other is not person]
        while not self._is_over.is_set():
            sent = clock.now()
            post_id = person.post("Good morning")
            self.posts.append(Acknowledged(int(post_id), int(person.id), sent, clock.now()))
            method = chance.choice(["PUT", "DELETE"])
            person.call(method, f"/v1/me/following/{chance.choice(others).id}")


def sign_up(url: str, number: int) -> list[Client]:
    """Make people, and wait until each has a profile."""
    people = [Client(url).sign_up(f"person{n}") for n in range(number)]
    until(lambda: all(person.counts() is not None for person in people))
    return people
