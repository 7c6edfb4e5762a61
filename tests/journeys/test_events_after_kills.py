"""
Whatever is killed while events stream, clients that come back have each that concerns them once and in order.

The clients are programs that use the Python SDK. `EVENTS_TO=50x2000` has 2,000 events go to 50 of them.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections

from deploy.embedded.layout import ROOT
from modules.kernel import clock
from modules.timelines.services.markers import move_marker
from sharding.ids import make_id
from tests.kit.client import Client
from tests.kit.hot_redis import INSTANCES, HotRedis
from tests.kit.machines import Api, Machines, until
from tests.kit.people import sign_up

sys.path.insert(0, str(ROOT / "openapi" / "sdk" / "python"))

import banyan_client as sdk

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

CLIENTS, EVENTS = map(int, os.environ.get("EVENTS_TO", "10x300").split("x"))
# What each kill meets: a share of the stream, while something is dead and while it comes back.
VICTIMS = ("realtime", "worker", "redis a", "relay", "redis b", "broker and directory's redis")
SHARE = EVENTS // (2 * len(VICTIMS) + 1)


@dataclass
class Reader:
    """One person's program, and what it was told."""

    client: Client
    began: int = 0
    heard: list[sdk.Event] = field(default_factory=list)

    @property
    def read(self) -> list[int]:
        return [int(event.data["last_read_id"]) for event in self.heard if "last_read_id" in event.data]

    async def listen(self, banyan: sdk.AsyncBanyan, sockets: str) -> None:
        async for event in banyan.events(url=sockets, since=self.began):
            self.heard.append(event)


class Programs(threading.Thread):
    """The programs of all readers, in one loop."""

    def __init__(self, readers: list[Reader], api: str, sockets: str) -> None:
        super().__init__(daemon=True)
        self._readers, self._api, self._sockets = readers, api, sockets
        self._begun = threading.Event()
        self.start()
        self._begun.wait()

    def run(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        retry = sdk.Retry(first_wait=0.05, longest_wait=1.0)
        banyans = [sdk.AsyncBanyan(self._api, token=one.client.token, retry=retry) for one in self._readers]
        listening = [
            asyncio.create_task(reader.listen(banyan, self._sockets))
            for reader, banyan in zip(self._readers, banyans, strict=True)
        ]
        self._begun.set()
        await self._done.wait()
        for task in listening:
            task.cancel()
        ends = await asyncio.gather(*listening, return_exceptions=True)
        self.ends = [type(end).__name__ for end in ends]
        for banyan in banyans:
            await banyan.close()

    def stop(self) -> list[str]:
        """Cancel all; return how each ended."""
        self._loop.call_soon_threadsafe(self._done.set)
        self.join()
        return self.ends


class Stream(threading.Thread):
    """Events for one reader after the other, as far as it is let."""

    def __init__(self, readers: list[Reader]) -> None:
        super().__init__(daemon=True)
        self._readers = readers
        self._allowed = threading.Semaphore(0)
        self.sent: list[tuple[Reader, int]] = []
        self._expected = 0
        self.start()

    def run(self) -> None:
        for number in range(EVENTS):
            self._allowed.acquire()
            reader, last_read_id = self._readers[number % CLIENTS], make_id(number + 1, 7, 0)
            user_id = int(reader.client.id)
            move_marker(user_id, f"of:{user_id}", last_read_id, now=clock.now())
            self.sent.append((reader, last_read_id))
        connections.close_all()

    def flow(self, many: int) -> None:
        """Let so many more go."""
        self._expected += many
        self._allowed.release(many)

    def await_all(self) -> None:
        """Wait until all have gone that were let."""
        until(lambda: len(self.sent) == self._expected)


@pytest.fixture(scope="module")
def hot(stack_of_run) -> Iterator[HotRedis]:
    hot = HotRedis(stack_of_run, is_durable=True)
    yield hot
    hot.end()


@dataclass
class Victims:
    """All that is killed, and how it is killed and brought back."""

    machines: Machines
    hot: HotRedis

    def __post_init__(self) -> None:
        self.api: Api = self.machines.run_api(**self.hot.env)
        self.realtime: Api = self.machines.run_realtime(**self.hot.env)
        self.sockets = f"{self.realtime.url.replace('http', 'ws', 1)}/v1/realtime"
        self._others: dict[str, Any] = {}
        self.run("relay")
        self.run("worker")

    def run(self, name: str) -> None:
        start = self.machines.run_relay if name == "relay" else self.machines.run_worker
        self._others[name] = start(**self.hot.env)

    def ways(self, name: str) -> tuple[Callable[[], object], Callable[[], object]]:
        """Return what kills and what starts one."""
        if name == "realtime":
            return self.realtime.kill, self.realtime.start
        if name.removeprefix("redis ") in INSTANCES:
            instance = name.removeprefix("redis ")
            return lambda: self.hot.kill(instance), lambda: self.hot.start(instance)
        if name in self._others:
            return self._others[name].kill, lambda: self.run(name)
        return self.machines.stop_redis, self.machines.start_redis


@pytest.fixture
def victims(db, settings, stack, hot) -> Iterator[Victims]:
    settings.REDIS = hot.settings
    yield Victims(stack, hot)
    hot.restore()
    until(stack.outbox_is_empty)
    hot.wipe()


def settle(url: str, name: str) -> Reader:
    person = sign_up(name)
    client = Client(url, person.token, str(person.id), name)
    return Reader(client, began=client.call("GET", "/v1/me/updates").body["seq"])


def test_clients_that_come_back_have_every_event_once_and_in_order(victims, hot, stack):
    readers = [settle(victims.api.url, f"reader{number}") for number in range(CLIENTS)]
    canary = settle(victims.api.url, "canary")
    programs = Programs([*readers, canary], victims.api.url, victims.sockets)
    stream = Stream(readers)

    for name in VICTIMS:
        kill, start = victims.ways(name)
        stream.await_all()
        until(hot.has_written)
        kill()
        stream.flow(SHARE)
        stream.await_all()
        stream.flow(SHARE)
        start()
    stream.flow(EVENTS - 2 * SHARE * len(VICTIMS))
    stream.await_all()

    until(lambda: sum(len(each.read) for each in readers) >= EVENTS, within=60)
    until(stack.outbox_is_empty)
    assert programs.stop() == ["CancelledError"] * (CLIENTS + 1)
    for reader in readers:
        assert reader.read == [last_read_id for each, last_read_id in stream.sent if each is reader]
        assert {event.data["timeline"] for event in reader.heard} == {f"of:{reader.client.id}"}
        polled = reader.client.call("GET", f"/v1/me/updates?since={reader.began}").body["data"]
        assert [event.seq for event in reader.heard] == [update["seq"] for update in polled]
        assert [event.data for event in reader.heard] == [update["data"] for update in polled]
    assert canary.heard == []
