"""Clients are told that Redis lost its memory; other kills: journeys/test_events_after_kills.py."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from websockets.exceptions import WebSocketException

from modules.kernel import clock
from modules.kernel.principals import Principal
from modules.kernel.redis.client import RedisUnavailable
from modules.realtime.services.tickets import issue_ticket
from modules.timelines.services.markers import move_marker
from sharding.ids import make_id
from tests.kit.machines import until
from tests.kit.people import Person, sign_up
from tests.kit.redis import reconnect
from tests.kit.sockets import Frame, Socket

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

CLIENTS = 8


class Listener(threading.Thread):
    """One person's app, which comes back whenever its socket ends."""

    def __init__(self, person: Person, url: str) -> None:
        super().__init__(daemon=True)
        self.person, self.url = person, url
        self.frames: list[Frame] = []
        self.since: int | None = None
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.05):
            with suppress(OSError, WebSocketException, RedisUnavailable):
                self.listen()

    def listen(self) -> None:
        ticket = issue_ticket(self.person.token, Principal(id=self.person.id), now=clock.now()).ticket
        socket = Socket(self.url, ticket, self.since, open_timeout=5)
        try:
            while not self.ended.is_set():
                frame = socket.next(within=20)
                self.frames.append(frame)
                self.since = frame["seq"]
        finally:
            socket.close()

    @property
    def read(self) -> list[int]:
        """What was told since something may have been missing, in the order in which it came."""
        told: list[int] = []
        for frame in self.frames:
            if frame.get("op") == "resync":
                told = []
            elif "type" in frame:
                assert frame["data"]["timeline"] == f"of:{self.person.id}", "somebody else's"
                told.append(int(frame["data"]["last_read_id"]))
        return told


@pytest.fixture
def listeners(delivering, machines_of_module):
    realtime = machines_of_module.run_realtime()
    made = [Listener(sign_up(f"reader{number}"), realtime.url) for number in range(CLIENTS)]
    for each in made:
        each.start()
    until(lambda: all(each.since for each in made))
    yield made, realtime
    for each in made:
        each.ended.set()
    realtime.kill()
    for each in made:
        each.join()


def stream(listeners: list[Listener], numbers: range) -> list[int]:
    """Have everybody read on, step by step; return what they read."""
    ids = [make_id(number + 1, 7, 0) for number in numbers]
    for last_read_id in ids:
        for each in listeners:
            move_marker(each.person.id, f"of:{each.person.id}", last_read_id, now=clock.now())
    return ids


def test_clients_are_told_that_redis_lost_what_they_had_not_read(listeners, machines_of_module):
    clients, _ = listeners
    stream(clients, range(5))

    machines_of_module.stop_redis()
    stream(clients, range(5, 10))
    machines_of_module.start_redis()
    reconnect()
    until(lambda: all(any(f.get("op") == "resync" for f in each.frames) for each in clients), within=60)
    last = stream(clients, range(10, 20))

    # Workers come back to their broker by waits that grow.
    until(lambda: all(each.read[-1:] == last[-1:] for each in clients), within=150)
    for each in clients:
        numbers = [frame["seq"] for frame in each.frames]
        assert numbers == sorted(numbers)
        assert each.read == sorted(set(each.read))
        assert each.read[-10:] == last
