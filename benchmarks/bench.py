"""One run: the people loaded, both servers up, every row and its floor in turn, round after round."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import orjson
from rich.console import Console

from benchmarks import fan_out, trips
from benchmarks.driver import Load
from benchmarks.end_to_end import EndToEnd
from benchmarks.inside import begin
from benchmarks.requests import Request
from benchmarks.results import Row
from benchmarks.rows import rows
from benchmarks.under_measure import Server, UnderMeasure
from benchmarks.world import World

FAN_OUT, FAN_OUT_SCRIPT, END_TO_END = "fan_out", "fan_out_script", "end_to_end"
# Rows whose floor must answer the same.
SAME = (
    *("home_warm", "home_cold", "post", "post_known", "profile", "list", "batch"),
    *("home_mixed", "thread", "tag", "search_posts", "search_people"),
)
COMPARED = 20
WARM_UP = 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, how often, and which rows; no names mean all."""

    seconds: float
    rounds: int
    only: frozenset[str]

    def wants(self, name: str) -> bool:
        """Return whether a row was asked for."""
        return not self.only or name in self.only


def names() -> list[str]:
    """Return the names of all rows."""
    return [*[row.name for row in rows()], FAN_OUT, END_TO_END]


def run(measured: UnderMeasure, world: World, plan: Plan, console: Console) -> list[Row]:
    """Measure the rows of a plan and return them."""
    banyan = measured.start_banyan()
    results = _requests(measured, banyan, world, plan, console)
    if plan.wants(END_TO_END):
        results.append(_end_to_end(measured, banyan, world, plan, console))
    if plan.wants(FAN_OUT):
        results += _fan_out(measured, world, plan, console)
    return results


def _requests(
    measured: UnderMeasure, banyan: Server, world: World, plan: Plan, console: Console
) -> list[Row]:
    wanted = [row for row in rows() if plan.wants(row.name)]
    if not wanted:
        return []
    floor = measured.start_floor()
    results = {row.name: Row(row.name, row.title, row.floor_title) for row in wanted}
    for row in wanted:
        _warm_up(measured, banyan, floor, row, world)
        results[row.name].trips = trips.count(row, world)
    for turn in range(plan.rounds):
        for row in wanted:
            console.print(f"Round {turn + 1} of {plan.rounds}: {row.title}")
            _take_turn(measured, (banyan, floor), row, world, plan, results[row.name], turn)
    return list(results.values())


def _take_turn(
    measured: UnderMeasure,
    servers: tuple[Server, Server],
    row: Request,
    world: World,
    plan: Plan,
    result: Row,
    turn: int,
) -> None:
    """Take one sample of a row and one of its floor; who comes first changes from round to round."""
    both = [(servers[0], row.banyan, result.samples), (servers[1], row.floor, result.floor)]
    for server, make, samples in both if turn % 2 == 0 else both[::-1]:
        row.prepare(world)
        lines = make(world)
        at_most = len(lines) if row.is_once else row.at_most
        load = Load(server.port, lines, at_most, seconds=plan.seconds, status=row.status)
        samples.append(measured.sample(server, load))


def _warm_up(measured: UnderMeasure, banyan: Server, floor: Server, row: Request, world: World) -> None:
    """Open every thread's connections, and make sure that both give the same answers."""
    for server, make in ((banyan, row.banyan), (floor, row.floor)):
        row.prepare(world)
        outcome = measured.drive(Load(server.port, make(world), WARM_UP, status=row.status))
        assert not outcome.failed, f"{row.name}: {dict(outcome.failures)}"
    if row.name in SAME:
        row.prepare(world)
        for mine, theirs in list(zip(row.banyan(world), row.floor(world), strict=True))[:COMPARED]:
            assert _cards(banyan, mine) == _cards(floor, theirs), f"{row.name}: the floor answers otherwise"


def _cards(server: Server, line: bytes) -> tuple[object, object]:
    """Return what a page shows, without its cursors, which the floor does not sign."""
    page = orjson.loads(server.ask(line))
    return page["data"], page["included"]


def _end_to_end(measured: UnderMeasure, banyan: Server, world: World, plan: Plan, console: Console) -> Row:
    many = len(world.star_followers)
    row = Row(END_TO_END, f"POST to the last of {many:,} windows; relay and worker", unit="delivery")
    console.print(f"Warming {many:,} homes, starting relay and worker")
    way = EndToEnd(measured, banyan, world)
    for turn in range(plan.rounds):
        console.print(f"Round {turn + 1} of {plan.rounds}: {row.title}")
        row.samples.append(way.sample())
    return row


def _fan_out(measured: UnderMeasure, world: World, plan: Plan, console: Console) -> list[Row]:
    many = len(world.star_followers)
    title = f"fan-out to {many:,} full windows"
    lists = Row(FAN_OUT, title, "LPUSHX + LTRIM packed, ids in memory", unit="delivery")
    script = Row(FAN_OUT_SCRIPT, title, "the same script packed, ids in memory", unit="delivery")
    spawn = get_context("spawn")
    with ProcessPoolExecutor(
        1, mp_context=spawn, initializer=begin, initargs=(measured.cores.server,)
    ) as worker:
        for turn in range(plan.rounds):
            console.print(f"Round {turn + 1} of {plan.rounds}: {title}")
            job = fan_out.Job(
                world.star.id,
                world.star_followers,
                measured.redis_pid,
                measured.postgres_pids,
                is_first=turn == 0,
            )
            taken = worker.submit(fan_out.measure, job).result()
            for row, floor in ((lists, "lists"), (script, "script")):
                row.samples.append(taken["handler"])
                row.floor.append(taken[floor])
    return [lists, script]
