"""Events by the Python SDK: what a program hears over sockets that are killed, and where there are none."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest
from websockets.sync.server import ServerConnection, serve

from deploy.embedded.layout import ROOT
from modules.kernel import clock
from modules.timelines.services.markers import move_marker
from sharding.ids import make_id
from tests.contract.examples import example
from tests.kit.client import Client
from tests.kit.machines import until
from tests.kit.sockets import Socket, ticket_of
from tests.kit.stub import answering

SDK = ROOT / "openapi" / "sdk" / "python"
sys.path.insert(0, str(SDK))

import banyan_client as sdk  # noqa: E402

pytestmark = pytest.mark.django_db

QUICK = sdk.Retry(first_wait=0.01, longest_wait=0.2)
EVENTS = 60


class Program(threading.Thread):
    """A program that hears events until it is cancelled, in a loop of its own."""

    def __init__(self, api: str, token: str | None, sockets: str, **asked: Any) -> None:
        super().__init__(daemon=True)
        self.api, self.token, self.asked = api, token, asked
        self.sockets = f"{sockets.replace('http', 'ws', 1)}/v1/realtime"
        self.heard: list[sdk.Event] = []
        self.error: BaseException | None = None
        self.events: Any = None
        self.start()

    def run(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        banyan = sdk.AsyncBanyan(self.api, token=self.token, retry=QUICK)
        self.loop, self.task = asyncio.get_running_loop(), asyncio.current_task()
        self.events = banyan.events(url=self.sockets, **self.asked)
        try:
            async for event in self.events:
                self.heard.append(event)
        except (sdk.BanyanError, asyncio.CancelledError) as error:
            self.error = error
        await banyan.close()

    def do(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def cancel(self) -> None:
        until(lambda: self.events)
        self.loop.call_soon_threadsafe(self.task.cancel)  # type: ignore[union-attr]
        self.join()

    def types(self) -> list[str]:
        return [event.type for event in self.heard]


@pytest.fixture(scope="module")
def realtime(machines_of_module):
    return machines_of_module.run_realtime()


@pytest.fixture
def run(live_api, realtime) -> Iterator[Callable[..., Program]]:
    """Run a program of somebody's, which has a socket or asks before it is returned."""
    programs: list[Program] = []

    def start(client: Client, sockets: str = realtime.url, **asked: Any) -> Program:
        programs.append(Program(live_api.url, client.token, sockets, **asked))
        until(lambda: programs[-1].events and programs[-1].events.seq is not None)
        return programs[-1]

    yield start
    for each in programs:
        if each.is_alive():
            each.cancel()


@pytest.fixture
def ada(live_api):
    return Client(live_api.url).sign_up("ada")


def read_on(client: Client, numbers: range) -> list[str]:
    """Have somebody read on, step by step: each is an event."""
    ids = [make_id(number + 1, 7, 0) for number in numbers]
    for last_read_id in ids:
        move_marker(int(client.id), "home", last_read_id, now=clock.now())
    return [str(id) for id in ids]


def read_by(program: Program) -> list[str]:
    return [event.data["last_read_id"] for event in program.heard if event.type == "marker.changed"]


class TestEvents:
    def test_are_each_told_once_and_in_order_whatever_becomes_of_the_process(self, realtime, run, ada):
        program = run(ada)
        began = program.events.seq

        expected = read_on(ada, range(20))
        realtime.kill()
        expected += read_on(ada, range(20, 40))
        realtime.start()
        expected += read_on(ada, range(40, 50))
        realtime.kill()
        realtime.start()
        expected += read_on(ada, range(50, EVENTS))

        until(lambda: len(program.heard) >= EVENTS)
        assert read_by(program) == expected
        polled = ada.call("GET", f"/v1/me/updates?since={began}").body["data"]
        assert [event.seq for event in program.heard] == [update["seq"] for update in polled]
        assert all(event.topic == "me" and event.at is not None for event in program.heard)

    def test_go_on_after_the_one_that_was_read(self, run, ada):
        first = run(ada)
        read = read_on(ada, range(5))
        until(lambda: len(first.heard) == 5)
        first.cancel()

        second = run(ada, since=first.heard[1].seq)

        until(lambda: len(second.heard) == 3)
        assert read_by(second) == read[2:]

    def test_say_that_something_may_be_missing(self, run, ada):
        program = run(ada, since=1)

        until(lambda: program.heard)
        read_on(ada, range(1))

        until(lambda: len(program.heard) == 2)
        assert program.types() == ["resync", "marker.changed"]

    def test_are_of_topics_too_until_those_are_left(self, live_api, run, ada):
        ben = Client(live_api.url).sign_up("ben")
        until(lambda: ben.counts() is not None)
        post_id = ada.post("hello")
        program = run(ben, topics=[f"post:{post_id}", "post:12345"])
        until(lambda: program.types() == ["error"])

        def edit(text: str) -> None:
            assert ada.call("PATCH", f"/v1/posts/{post_id}", {"text": text}).status == 200

        edit("hallo")
        until(lambda: "post.updated" in program.types())
        program.do(program.events.unsubscribe(f"post:{post_id}"))
        program.do(program.events.subscribe("post:54321"))
        until(lambda: program.types().count("error") == 2)
        edit("again")
        read_on(ben, range(1))

        until(lambda: program.types()[-1] == "marker.changed")
        assert program.types() == ["error", "post.updated", "error", "marker.changed"]
        assert program.heard[0].data["code"] == "post_not_found"
        assert program.heard[1].topic == f"post:{post_id}"

    def test_end_with_the_credentials(self, run, ada):
        program = run(replace(ada).log_in())

        assert ada.call("DELETE", "/v1/me/sessions").status in (200, 204)

        program.join(timeout=10)
        assert isinstance(program.error, sdk.Unauthorized)

    def test_leave_no_socket_behind_when_they_are_cancelled(self, realtime, run, ada):
        programs = [run(ada) for _ in range(5)]

        for program in programs:
            program.cancel()

        assert all(isinstance(program.error, asyncio.CancelledError) for program in programs)
        sockets = [Socket(realtime.url, ticket_of(ada)) for _ in range(5)]
        assert [socket.next()["op"] for socket in sockets] == ["hello"] * 5

    def test_are_asked_for_where_no_socket_opens(self, live_api, run, ada):
        program = run(ada, sockets=live_api.url)
        assert program.events.is_asking

        read = read_on(ada, range(3))

        until(lambda: len(program.heard) == 3)
        assert read_by(program) == read

    def test_are_asked_for_without_the_library(self, live_api, realtime, ada):
        began = ada.call("GET", "/v1/me/updates").body["seq"]
        [read] = read_on(ada, range(1))
        until(lambda: ada.call("GET", f"/v1/me/updates?since={began}").body["data"])

        done = subprocess.run(
            [sys.executable, "-c", WITHOUT, live_api.url, str(ada.token), str(began)],
            env={"PYTHONPATH": str(SDK)},
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.stdout.split() == ["True", read], done.stderr


WITHOUT = """
import asyncio, sys
sys.modules["websockets"] = None
import banyan_client

async def main(url, token, since):
    banyan = banyan_client.AsyncBanyan(url, token=token)
    events = banyan.events(since=int(since))
    async for event in events:
        print(events.is_asking, event.data["last_read_id"])
        break
    await banyan.close()

asyncio.run(main(*sys.argv[1:]))
"""


@contextmanager
def closing(*ends: tuple[int, str]) -> Iterator[tuple[str, list[float]]]:
    """Serve sockets that say hello and are closed, each in its way; the last one stays. Note when."""
    came: list[float] = []

    def handle(connection: ServerConnection) -> None:
        came.append(time.monotonic())
        connection.send(json.dumps({"op": "hello", "seq": 7}))
        if len(came) <= len(ends):
            connection.close(*ends[len(came) - 1])
        with suppress(Exception):
            connection.recv()

    with serve(handle, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}", came
        server.shutdown()
        thread.join()


class TestComingBack:
    @pytest.fixture
    def stub(self) -> Iterator[Any]:
        with answering() as stub:
            stub.decide = lambda asked: (
                (201, {}, example("create_socket_ticket", 201))
                if asked.method == "POST"
                else (200, {}, {"data": [], "seq": 8, "resync": False})
            )
            yield stub

    def test_waits_as_long_as_a_server_that_ends_asks_for(self, stub):
        with closing((1012, "come back in 700 ms"), (1001, "")) as (url, came):
            program = Program(stub.url, "secret", url)
            until(lambda: len(came) == 3)
            program.cancel()

        assert 0.7 <= came[1] - came[0] < 1.5
        assert came[2] - came[1] < 0.5

    def test_asks_for_a_while_if_there_are_sockets_enough(self, stub):
        with closing((4429, "you have as many sockets as you may")) as (url, came):
            program = Program(stub.url, "secret", url)
            until(lambda: any("since=7" in call for call in stub.calls))
            program.cancel()

        assert len(came) == 1
