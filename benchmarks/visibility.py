"""
`python -m benchmarks.visibility`: how late others see what somebody has done, under a load of writes.

Real API, relay and worker. Of pairs of people, one on either instance, the one blocks and unblocks the
other, is followed, posts for followers and removes them; measured is the time from the answer to that until a
request of the other shows it. Beside them patrons in closed loops read and publish. Then twenty clients react
to one post: how many changes a second are taken, and how many a second are counted.
It is printed, not asserted: tests/policy/test_visibility_matrix.py holds what must be gone after the relay.
"""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import migrate
from benchmarks.inside import begin
from benchmarks.patrons import HOST, TIMEOUT_S, Patron, make_patrons, quantile, run_all
from deploy.embedded.applications import Applications
from deploy.embedded.ports import listen, port_of
from deploy.embedded.process import Process
from deploy.embedded.throwaway import Throwaway, throwaway_stack

SHARDS = {"a": range(11), "b": range(4085, 4096)}
LOAD = 4
PAIRS = 4
POLL_S = 0.005
REACTORS = 20


class Client:
    """One person's connection."""

    def __init__(self, patron: Patron, port: int) -> None:
        self.id, self._token = patron.id, patron.token
        self._connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_S)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        sent = {
            "X-Session-Token": self._token,
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        if body is not None:
            sent["Content-Type"] = "application/json"
        self._connection.request(method, path, None if body is None else json.dumps(body), sent)
        response = self._connection.getresponse()
        raw = response.read()
        return response.status, json.loads(raw) if raw else None

    def do(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request that must succeed."""
        status, answer = self.ask(method, path, body, **headers)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def wait_until(self, path: str, holds: Callable[[int, Any], bool]) -> float:
        """Ask again and again until an answer holds; return for how long it did not."""
        started = time.perf_counter()
        while not holds(*self.ask("GET", path)):
            if time.perf_counter() - started > TIMEOUT_S:
                return float("inf")
            time.sleep(POLL_S)
        return time.perf_counter() - started


class Took(NamedTuple):
    """By what was done, how long the other side lagged, in seconds."""

    block: list[float]
    unblock: list[float]
    removal: list[float]
    follow: list[float]
    post: list[float]


def _is(status: int) -> Callable[[int, Any], bool]:
    return lambda got, _: got == status


def _holds(post: str, status: int, page: Any) -> bool:
    return status == 200 and post in [card["id"] for card in page["data"]]


def hide_and_show(one: Client, other: Client, took: Took, stop: threading.Event) -> None:
    """Let one hide from the other and be there again, until `stop`."""
    user = f"/v1/users/{one.id}"
    while not stop.is_set():
        one.do("PUT", f"/v1/me/blocks/{other.id}")
        took.block.append(other.wait_until(user, _is(404)))
        one.do("DELETE", f"/v1/me/blocks/{other.id}")
        took.unblock.append(other.wait_until(user, _is(200)))
        one.do("PATCH", "/v1/me", {"is_private": False}, If_Match="*")
        other.do("PUT", f"/v1/me/following/{one.id}")
        one.do("PATCH", "/v1/me", {"is_private": True}, If_Match="*")
        follows = f"/v1/me/relationships?ids={other.id}"
        took.follow.append(one.wait_until(follows, lambda _, page: bool(page["data"][0]["followed_by"])))
        post = one.do("POST", "/v1/posts", {"text": "For followers"})["id"]
        home = "/v1/timelines/home?limit=100"
        took.post.append(other.wait_until(home, partial(_holds, post)))
        one.do("DELETE", f"/v1/me/followers/{other.id}")
        took.removal.append(other.wait_until(f"/v1/posts/{post}", _is(404)))


def main() -> None:
    """Boot a stack, and measure both."""
    parser = ArgumentParser(
        prog="python -m benchmarks.visibility", description="Measure how late others see."
    )
    parser.add_argument("--seconds", type=float, default=30.0, help="how long people hide and show (30)")
    parser.add_argument(
        "--load", type=int, default=LOAD, help=f"how many others read and publish meanwhile ({LOAD})"
    )
    asked = parser.parse_args()
    console = Console(stderr=True)
    console.print("Starting directory, two instances, a replica and Redis")
    with throwaway_stack(migrate=migrate) as stack:
        env = {**stack.env, "BANYAN_LOG_LEVEL": "ERROR", "BANYAN_LIMITS": "off"}
        os.environ.update(env)
        begin()
        people = make_patrons(SHARDS)
        with _running(stack, env) as port:
            patrons = [patron.at(port) for group in zip(*people.values(), strict=True) for patron in group]
            console.print("Waiting until relay and worker have delivered who follows whom")
            _wait_for_news()
            Console().print(_measure_lag(patrons, asked.load, asked.seconds))
            _wait_for_news()
            Console().print(_measure_hot_post(patrons, asked.seconds / 3))


def _measure_lag(patrons: Sequence[Patron], load: int, seconds: float) -> Table:
    busy, pairs = patrons[:load], patrons[load : load + 2 * PAIRS]
    took, stop = Took([], [], [], [], []), threading.Event()
    clients = [
        (Client(pairs[at], pairs[at].port), Client(pairs[at + 1], pairs[at].port))
        for at in range(0, len(pairs), 2)
    ]
    threads = [
        threading.Thread(target=hide_and_show, args=(one, other, took, stop)) for one, other in clients
    ]

    def happen() -> None:
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        stop.set()
        for thread in threads:
            thread.join()

    run_all(busy, happen)
    written = sum(reply.is_written for patron in busy for reply in patron.replies)
    read = sum(reply.status == 200 for patron in busy for reply in patron.replies)
    table = Table(
        title=f"Until the other side sees it, ms; {len(clients)} pairs, beside {written / seconds:.0f} posts"
        f" and {read / seconds:.0f} reads a second"
    )
    for column in ("what", "times", "p50", "p99", "slowest"):
        table.add_column(column)
    everything = [each for times in took for each in times]
    for name, times in [*took._asdict().items(), ("all", everything)]:
        if times:
            figures = [quantile(times, 0.5), quantile(times, 0.99), max(times)]
            table.add_row(name, str(len(times)), *(f"{1000 * each:.0f}" for each in figures))
    return table


def _measure_hot_post(patrons: Sequence[Patron], seconds: float) -> str:
    """Let twenty clients react to one post and take it back; say how many changes a second that makes."""
    author = Client(patrons[0], patrons[0].port)
    author.do("PATCH", "/v1/me", {"is_private": False}, If_Match="*")
    post = author.do("POST", "/v1/posts", {"text": "Everybody likes this."})["id"]
    path, stop, changes = f"/v1/posts/{post}/reactions/like", threading.Event(), [0] * REACTORS

    def react(number: int) -> None:
        client = Client(patrons[1 + number % (len(patrons) - 1)], patrons[0].port)
        while not stop.is_set():
            for method in ("PUT", "DELETE"):
                client.do(method, path)
                changes[number] += 1

    threads = [threading.Thread(target=react, args=[number]) for number in range(REACTORS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - started
    last = Client(patrons[1], patrons[0].port)
    last.do("PUT", path)
    lag = author.wait_until(
        f"/v1/posts/{post}", lambda _, view: view["state"][post]["counts"]["reactions"] == {"like": 1}
    )
    made = sum(changes)
    return (
        f"One post, {REACTORS} clients: {made} requests in {taken:.1f} s, {made / taken:.0f} a second;"
        f" the last was counted {lag:.2f} s after its answer, {made / (taken + lag):.0f} a second to the end"
    )


def _wait_for_news() -> None:
    while _is_news_under_way():
        time.sleep(0.1)


def _is_news_under_way() -> bool:
    from django.db import connections

    for alias in ("default", *SHARDS):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM outbox_event) OR EXISTS (SELECT FROM outbox_delivery)")
            if cursor.fetchone()[0]:
                return True
    return False


@contextmanager
def _running(stack: Throwaway, env: dict[str, str]) -> Iterator[int]:
    """Run API, relay and worker as `make up` does."""
    with listen() as held:
        applications = Applications(env, stack.layout.state / "beat")
        programs = (applications.api(held), applications.relay(), applications.worker())
        processes = [Process(program, stack.layout.logs / f"{program.name}.log") for program in programs]
        for process in processes:
            process.start()
        try:
            yield port_of(held)
        finally:
            for process in reversed(processes):
                process.stop()


if __name__ == "__main__":
    main()
