"""People who use the API without a pause, one thread each, and note what they were answered and when."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle

HOST = "127.0.0.1"
TIMEOUT_S = 30.0

PUBLISH = ("POST", "/v1/posts")


@dataclass(frozen=True, slots=True)
class Reply:
    """When something was asked, what was answered (0: nothing), after how long."""

    at: float
    seconds: float
    status: int
    method: str

    @property
    def ended(self) -> float:
        """When it was answered."""
        return self.at + self.seconds

    @property
    def is_written(self) -> bool:
        """Whether a post was published by it."""
        return self.status == 201


@dataclass
class Patron:
    """Somebody whose rows are on an instance."""

    id: int
    token: str
    instance: str
    port: int = 0
    replies: list[Reply] = field(default_factory=list)

    def at(self, port: int) -> Patron:
        """Return the same person, who has asked nothing yet, with an API to ask."""
        return replace(self, port=port, replies=[])

    def use(self, stop: threading.Event) -> None:
        """Read the home, the own posts, and publish, again and again until `stop`."""
        paths = cycle([("GET", "/v1/timelines/home"), ("GET", f"/v1/users/{self.id}/posts"), PUBLISH])
        connection = http.client.HTTPConnection(HOST, self.port, timeout=TIMEOUT_S)
        while not stop.is_set():
            self.replies.append(self._ask(connection, *next(paths)))
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, method: str, path: str) -> Reply:
        body = json.dumps({"text": "Hello"}) if method == "POST" else None
        headers = {"X-Session-Token": self.token, "Content-Type": "application/json"}
        started = time.monotonic()
        try:
            connection.request(method, path, body, headers if body else {"X-Session-Token": self.token})
            response = connection.getresponse()
            response.read()
            status = response.status
        except (OSError, http.client.HTTPException):
            connection.close()
            status = 0
        return Reply(started, time.monotonic() - started, status, method)


def make_patrons(shards: Mapping[str, Iterable[int]]) -> dict[str, list[Patron]]:
    """Return people of the shards of each instance, who follow their neighbors; Django is set up."""
    from modules.accounts import public as accounts
    from modules.graph import public as graph
    from modules.kernel import clock
    from modules.profiles import public as profiles
    from sharding.testing import choosing

    made: dict[str, list[Patron]] = {}
    for instance, of_instance in shards.items():
        for shard in of_instance:
            name = f"patron{shard}"
            with choosing(shard):
                [user_id] = accounts.create_accounts_in_bulk([name], now=clock.now())
            profiles.create_profiles_in_bulk([(user_id, name)])
            token = accounts.issue_session_token(user_id, now=clock.now())
            made.setdefault(instance, []).append(Patron(user_id, token, instance))
    people = [patron for group in made.values() for patron in group]
    for at, one in enumerate(people):
        graph.follow(one.id, people[at - 1].id)
        graph.follow(people[at - 1].id, one.id)
    return made


def run_all(patrons: Sequence[Patron], happen: Callable[[], None]) -> None:
    """Let everybody use the API while something happens."""
    stop = threading.Event()
    threads = [threading.Thread(target=patron.use, args=[stop]) for patron in patrons]
    for thread in threads:
        thread.start()
    try:
        happen()
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def quantile(values: Iterable[float], share: float) -> float:
    """Return the value below which a share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
