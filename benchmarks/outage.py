"""
`python -m benchmarks.outage`: what each user meets while one server is frozen, killed or stands still.

Twelve clients in closed loops, six whose users live on each instance, read their homes and posts and publish.
It is printed, not asserted: tests/journeys/test_one_instance_away.py holds the promise, with short times.
"""

from __future__ import annotations

import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import migrate
from benchmarks.inside import begin
from benchmarks.patrons import Patron, Reply, make_patrons, quantile, run_all
from deploy.embedded.applications import Applications
from deploy.embedded.ports import listen, port_of
from deploy.embedded.process import Process
from deploy.embedded.throwaway import Throwaway, throwaway_stack

SHARDS = {"a": range(6), "b": range(4090, 4096)}
SETTLE_S = 2.0


@dataclass(frozen=True, slots=True)
class Case:
    """Something that happens to a server, and whose users are concerned."""

    name: str
    server: str
    begin: Callable[[Throwaway], object]
    end: Callable[[Throwaway], object]
    concerned: str | None = None


def _freeze(server: str) -> tuple[Callable[[Throwaway], object], Callable[[Throwaway], object]]:
    return (lambda stack: stack.process(server).freeze(), lambda stack: stack.process(server).thaw())


def _replay(verb: str) -> Callable[[Throwaway], object]:
    def call(stack: Throwaway) -> None:
        with stack.topology.replicas["a_replica1"].connect() as connection:
            connection.execute(f"SELECT pg_wal_replay_{verb}()")

    return call


CASES = [
    Case("instance b frozen", "b", *_freeze("b"), concerned="b"),
    Case("instance b killed", "b", lambda s: s.process("b").kill(), lambda s: s.process("b").start(), "b"),
    Case("replica of a frozen", "a_replica1", *_freeze("a_replica1")),
    Case("replica of a paused", "a_replica1", _replay("pause"), _replay("resume")),
    Case("directory frozen", "directory", *_freeze("directory")),
    Case("Redis frozen", "redis", *_freeze("redis")),
]


def main() -> None:
    """Boot a stack, and do all that to it in turn."""
    parser = ArgumentParser(prog="python -m benchmarks.outage", description="Measure outages.")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each outage takes (20)")
    parser.add_argument("--only", default="", help="words in the names of cases")
    asked = parser.parse_args()
    console = Console(stderr=True)
    console.print("Starting directory, two instances, a replica and Redis")
    with throwaway_stack(migrate=migrate) as stack:
        env = {**stack.env, "BANYAN_LOG_LEVEL": "ERROR", "BANYAN_LIMITS": "off"}
        os.environ.update(env)
        begin()
        people = make_patrons(SHARDS)
        table = _table(asked.seconds)
        for case in CASES:
            if asked.only in case.name:
                console.print(case.name)
                with _api(stack, env) as port:
                    _measure(stack, case, port, people, asked.seconds, table)
    Console().print(table)


def _measure(
    stack: Throwaway, case: Case, port: int, people: dict[str, list[Patron]], seconds: float, table: Table
) -> None:
    patrons = [patron.at(port) for group in people.values() for patron in group]
    times: list[float] = []

    def happen() -> None:
        times.append(time.monotonic())
        time.sleep(seconds / 2)
        times.append(time.monotonic())
        case.begin(stack)
        time.sleep(seconds)
        case.end(stack)
        times.append(time.monotonic())
        time.sleep(seconds / 2)

    run_all(patrons, happen)
    for name in people:
        replies = [reply for patron in patrons if patron.instance == name for reply in patron.replies]
        row = (case.name, name, *_figures(replies, times, is_concerned=name == case.concerned))
        print(" | ".join(row), file=sys.stderr, flush=True)
        table.add_row(*row)


def _figures(replies: list[Reply], times: list[float], *, is_concerned: bool) -> list[str]:
    began, broke, over = times
    before = [reply for reply in replies if began + 1 <= reply.at < broke]
    first = [reply for reply in replies if broke <= reply.at < broke + SETTLE_S]
    later = [reply for reply in replies if broke + SETTLE_S <= reply.at < over]
    refused = [reply for reply in first + later if reply.status == 503]
    good = [reply for reply in first + later if reply.status < 400]
    back = [
        reply.at + reply.seconds for reply in replies if reply.at + reply.seconds > over and reply.is_written
    ]
    return [
        f"{_ms(before)}",
        f"{_ms(first)}",
        f"{_ms(later)}",
        f"{100 * len(good) / max(1, len(first) + len(later)):.2f} %",
        f"{len(refused)}",
        f"{_ms(refused)}",
        f"{1000 * (min(back) - over):.0f}" if back else "never",
        "yes" if is_concerned else "",
    ]


def _ms(replies: list[Reply]) -> str:
    return f"{1000 * quantile([reply.seconds for reply in replies], 0.99):.0f}" if replies else "-"


def _table(seconds: float) -> Table:
    table = Table(title=f"Outages of {seconds:g} s, twelve clients; p99 in ms")
    for column in (
        "case",
        "users of",
        "p99 before",
        "first 2 s",
        "then",
        "success",
        "503s",
        "p99 of 503s",
        "first write after",
        "theirs",
    ):
        table.add_column(column)
    return table


@contextmanager
def _api(stack: Throwaway, env: dict[str, str]) -> Iterator[int]:
    """Run the API as `make up` does."""
    with listen() as held:
        program = Applications(env, stack.layout.state / "beat").api(held)
        process = Process(program, stack.layout.logs / "api.log")
        process.start()
        try:
            yield port_of(held)
        finally:
            process.stop()


if __name__ == "__main__":
    main()
