"""Clients that stall, on purpose or on a bad line: they wait for themselves, and nobody waits for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.journeys.raw import Wire, head
from tests.kit.machines import Api, Machines

LOG_IN = "/auth/app/v1/auth/login"
BODY = head("POST", LOG_IN, content_length="500")
BUNDLE = "/docs/assets/swagger-ui-bundle.js"
# As `make up` runs it: eight threads in all.
THREADS = {"BANYAN_WEB_WORKERS": "2", "BANYAN_WEB_THREADS": "4"}
STALLED = {
    "in the head": head("GET", "/healthz")[:30],
    "after the head": BODY,
    "in the body": BODY + b"{",
    "in a chunk": head("POST", LOG_IN, transfer_encoding="chunked") + b"5\r\n{",
    "before the trailers": head("POST", LOG_IN, transfer_encoding="chunked") + b"2\r\n{}\r\n0\r\n",
}


@pytest.fixture
def api(stack: Machines) -> Api:
    return stack.run_api(**THREADS)


@contextmanager
def dripping(wires: list[Wire]) -> Iterator[None]:
    """Send a byte a second on every connection meanwhile."""
    is_over = threading.Event()

    def drip() -> None:
        while not is_over.wait(1):
            for wire in wires:
                wire.try_to_send(b" ")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def ask_often(api: Api, times: int) -> list[int]:
    """Ask on connections of their own and on a kept one; return the statuses."""
    statuses = []
    with Wire(api.url) as kept:
        for _ in range(times):
            with Wire(api.url) as wire:
                statuses.append(wire.ask("GET", "/healthz").status)
            statuses.append(kept.ask("POST", LOG_IN, b"{}").status)
    return statuses


class TestSlowRequests:
    def test_hold_no_thread_and_are_given_up(self, api):
        with ExitStack() as stack:
            silent = [stack.enter_context(Wire(api.url)) for _ in range(10)]
            stalled = [stack.enter_context(Wire(api.url)) for _ in range(10 * len(STALLED))]
            slow = [stack.enter_context(Wire(api.url)) for _ in range(10)]
            for at, wire in enumerate(stalled):
                wire.send(list(STALLED.values())[at % len(STALLED)])
            for wire in slow:
                wire.send(BODY)

            with dripping(slow):
                assert ask_often(api, 20) == [200, 400] * 20

                answers = [wire.read("POST") for wire in stalled + slow]
                assert {(answer.status, answer.body["code"]) for answer in answers} == {
                    (408, "request_timeout")
                }
                assert all(answer.says_close for answer in answers)
                assert all(wire.is_over() for wire in silent + stalled)

    def test_that_are_only_slow_are_answered(self, api):
        with Wire(api.url) as wire:
            wire.send(head("POST", LOG_IN, content_length="5"))
            with dripping([wire]):
                answer = wire.read("POST")

        assert (answer.status, answer.says_close) == (400, False)

    def test_do_not_fill_the_table_of_connections(self, stack):
        api = stack.run_api(
            **{**THREADS, "BANYAN_WEB_WORKERS": "1", "GUNICORN_CMD_ARGS": "--worker-connections 50"}
        )
        with ExitStack() as wires:
            for _ in range(120):
                wires.enter_context(Wire(api.url)).send(BODY + b"{")

            assert ask_often(api, 20) == [200, 400] * 20


class TestSlowReaders:
    def test_hold_no_thread_and_are_given_up(self, api):
        with ExitStack() as stack:
            deaf = [stack.enter_context(Wire(api.url)) for _ in range(24)]
            for wire in deaf:
                wire.send(head("GET", BUNDLE) * 12)

            assert ask_often(api, 20) == [200, 400] * 20

    def test_get_all_of_an_answer_in_the_end(self, api):
        with Wire(api.url) as wire:
            wire.send(head("GET", BUNDLE) * 12)
            answers = [wire.read() for _ in range(12)]

        assert {answer.status for answer in answers} == {200}
        assert len({len(answer.body) for answer in answers}) == 1

    def test_who_ask_for_the_end_and_stay_stop_nobody(self, api):
        with ExitStack() as stack:
            staying = [stack.enter_context(Wire(api.url)) for _ in range(20)]
            for wire in staying:
                wire.send(head("GET", "/healthz", connection="close"))

            assert ask_often(api, 20) == [200, 400] * 20

            assert [wire.read().says_close for wire in staying] == [True] * 20
