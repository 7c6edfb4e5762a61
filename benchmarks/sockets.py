"""
`python -m benchmarks.sockets`: what sockets cost the process that holds them.

Memory and CPU of that process alone, from /proc; beside them stand the figures of production.md 8, which
were of Channels with channels_redis and no work of ours (40 KiB, 753 µs, 467 µs). The time is from the commit
of a post, by way of relay, worker and fan-out, to each socket that is told of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from argparse import ArgumentParser
from dataclasses import replace
from typing import NamedTuple

import psutil
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.__main__ import migrate
from benchmarks.inside import begin
from deploy.embedded import ports
from deploy.embedded.applications import Applications
from deploy.embedded.process import Process
from deploy.embedded.program import Program
from deploy.embedded.throwaway import Throwaway, throwaway_stack

IDLE_S = 10.0
EVENTS = 40
POSTS = 10
AT_ONCE = 50


def main() -> None:
    """Boot a stack, open sockets, measure, print, leave nothing behind."""
    parser = ArgumentParser(prog="python -m benchmarks.sockets", description="Measure sockets.")
    parser.add_argument("--sockets", type=int, default=1500, help="how many to hold (1500)")
    parser.add_argument("--followers", type=int, default=500, help="how many of them follow an author (500)")
    asked = parser.parse_args()
    with throwaway_stack(migrate=migrate) as stack:
        os.environ.update(stack.env, BANYAN_LOG_LEVEL="ERROR", BANYAN_LIMITS="off")
        begin()
        people = _populate(asked.sockets, asked.followers)
        rows = asyncio.run(_measure(stack, people, asked.followers))
    table = Table("", "here", "production.md 8")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


class People(NamedTuple):
    """An author, and readers with sessions, the first of whom follow."""

    author: int
    ids: list[int]
    keys: list[str]


def _populate(many: int, followers: int) -> People:
    from modules.accounts import public as accounts
    from modules.graph import public as graph
    from modules.kernel import clock
    from modules.profiles import public as profiles

    now = clock.now()
    names = ["author", *(f"reader{number}" for number in range(many))]
    author, *ids = accounts.create_accounts_in_bulk(names, now=now)
    profiles.create_profiles_in_bulk(list(zip([author, *ids], names, strict=True)))
    graph.add_edges_in_bulk((id, author) for id in ids[:followers])
    return People(author, ids, [accounts.issue_session_token(id, now=now) for id in ids])


async def _measure(stack: Throwaway, people: People, followers: int) -> list[tuple[str, str, str]]:
    author, ids, keys = people
    many = len(ids)
    port = ports.free_port()
    applications = Applications(dict(os.environ), stack.layout.state / "beat")
    server = _start(stack, applications.realtime(port))
    holder = psutil.Process(_main_of(server, "config.realtime"))
    rows = []

    memory, cpu = holder.memory_info().rss, _cpu(holder)
    sockets = await _open(port, list(zip(ids, keys, strict=True)), followers)
    grown = (holder.memory_info().rss - memory) / many / 1024
    rows.append(("memory of a socket, KiB", f"{grown:.0f}", "40"))
    rows.append(("to open one, CPU µs", f"{(_cpu(holder) - cpu) / many * 1e6:.0f}", "753"))

    cpu = _cpu(holder)
    await asyncio.sleep(IDLE_S)
    rows.append((f"{many} that idle, % of a core", f"{(_cpu(holder) - cpu) / IDLE_S * 100:.1f}", "0.5"))

    cpu = _cpu(holder)
    told = await _tell(sockets[:followers], ids[:followers])
    rows.append(("an event to one socket, CPU µs", f"{(_cpu(holder) - cpu) / told * 1e6:.0f}", "467"))

    others = [_start(stack, applications.relay()), _start(stack, applications.worker())]
    cpu = _cpu(holder)
    took = await _post(sockets[:followers], author)
    rows.append(("a hint to one socket, CPU µs", f"{(_cpu(holder) - cpu) / len(took) * 1e6:.0f}", ""))
    rows.append((f"from a post to {followers} sockets, p50 / p99 / last, ms", _times(took), "goal p99 300"))
    for socket in sockets:
        socket.transport.abort()
    for process in (*others, server):
        process.kill()
    return rows


async def _open(port: int, people: list[tuple[int, str]], followers: int) -> list[ClientConnection]:
    """Open a socket for each, some at a time; of the first ones the home is listened to."""
    from modules.accounts import public as accounts
    from modules.kernel import clock
    from modules.kernel.principals import Principal
    from modules.realtime.services.tickets import issue_ticket

    turn = asyncio.Semaphore(AT_ONCE)

    async def open_one(number: int, user_id: int, key: str) -> ClientConnection:
        async with turn:
            # As the request for a ticket does, which knows its caller.
            await asyncio.to_thread(accounts.find_held, accounts.hash_key(key), now=clock.now())
            ticket = issue_ticket(key, Principal(id=user_id), now=clock.now()).ticket
            address = f"ws://127.0.0.1:{port}/v1/realtime?ticket={ticket}"
            socket = await connect(address, origin=f"http://127.0.0.1:{port}", compression=None)  # type: ignore[arg-type]
            await socket.recv()
            if number < followers:
                await socket.send('{"op": "sub", "topic": "timeline:home"}')
                await socket.recv()
            return socket

    return await asyncio.gather(*(open_one(number, *person) for number, person in enumerate(people)))


async def _tell(sockets: list[ClientConnection], ids: list[int]) -> int:
    """Tell everybody the same events, and return how many were received."""
    from modules.realtime.public import tell
    from sharding.ids import make_id
    from sharding.scope import Once

    async def receive(socket: ClientConnection) -> int:
        return len([await socket.recv() for _ in range(EVENTS)])

    receiving = [asyncio.ensure_future(receive(socket)) for socket in sockets]
    for number in range(1, EVENTS + 1):
        once = Once(scope="benchmarks", key=str(make_id(number, 0, 0)))
        await asyncio.to_thread(tell, ids, "marker.changed", {"timeline": "home"}, once=once)
        await asyncio.sleep(0.1)
    return sum(await asyncio.gather(*receiving))


async def _post(sockets: list[ClientConnection], author: int) -> list[float]:
    """Publish posts and return how long after the commit each socket was told of each, in seconds."""
    from modules.kernel import clock
    from modules.posts.public import publish_post
    from modules.posts.schemas import NewPost

    async def receive(socket: ClientConnection) -> float:
        while json.loads(await socket.recv()).get("topic") != "timeline:home":
            pass
        return time.perf_counter()

    took: list[float] = []
    for number in range(POSTS + 1):
        receiving = [asyncio.ensure_future(receive(socket)) for socket in sockets]
        new = NewPost(text=f"To all of you, {number}")
        await asyncio.to_thread(publish_post, author, new, now=clock.now(), once=None)
        began = time.perf_counter()
        arrived = await asyncio.gather(*receiving)
        if number:  # the first finds everything cold
            took += [at - began for at in arrived]
        await asyncio.sleep(1.2)  # hints come once a second
    return took


def _times(took: list[float]) -> str:
    ordered = sorted(took)
    at = [ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1]]
    return " / ".join(f"{seconds * 1000:.0f}" for seconds in at)


def _start(stack: Throwaway, program: Program) -> Process:
    process = Process(replace(program), stack.layout.logs / f"{program.name}.log")
    process.start()
    return process


def _main_of(process: Process, word: str) -> int:
    """Return the process that holds the sockets: itself, or what its lifeline started."""
    tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    return next(each.pid for each in reversed(tree) if word in each.cmdline())


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()
