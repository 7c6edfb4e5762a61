"""What can be asked of the stack: up, down, reset, logs, psql."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import psutil

from config.stack import checkout, records
from config.stack.checkout import Ports
from config.stack.errors import StackError
from config.stack.launcher import Launcher
from config.stack.layout import Layout, checkout_layout
from config.stack.lock import Lock
from config.stack.postgres import DATABASE, SUPERUSER
from config.stack.schema import Notes

PATIENCE = 90.0  # longer than the launcher needs for the slowest orderly stop


def up() -> int:
    """Run the stack until Ctrl-C; say so and leave when it already runs."""
    layout = checkout_layout()
    layout.make()
    with Lock(layout.home) as lock:
        if not lock.take():
            print(f"Banyan is already up: http://127.0.0.1:{checkout.known_ports(layout).api}/")
            print("Stop it by `make down`, follow it by `make logs`.")
            return 0
        _end_orphans(layout)  # before ports are chosen: they may hold some
        ports = checkout.choose_ports(layout)
        return asyncio.run(_launch(layout, ports))


async def _launch(layout: Layout, ports: Ports) -> int:
    launcher = Launcher(layout, ports)
    wanted = checkout.wanted_ports()
    if ports.api != wanted.api:
        launcher.console.say(f"Port {wanted.api} is taken; the API listens on {ports.api}.")
    if ports.redis != wanted.redis:
        launcher.console.say(f"Port {wanted.redis} is taken; Redis listens on {ports.redis}.")
    if layout.is_outside:
        launcher.console.say(
            f"{layout.account.name} cannot reach this folder: data lies in {layout.servers}."
        )
    return await launcher.run()


def down() -> int:
    """Stop the stack from another terminal, in order, and what a killed launcher left."""
    layout = checkout_layout()
    lock = Lock(layout.home)
    holder = lock.holder()
    if holder is not None:
        print("Stopping …", flush=True)
        _stop_launcher(lock, holder)
    left = _end_orphans(layout)
    print("Banyan is down." if holder or left else "Banyan was not up.")
    return 0


def _end_orphans(layout: Layout) -> list[str]:
    left = records.end_orphans(layout.records)
    if left:
        print(f"Ended what an earlier run had left: {', '.join(left)}.")
    return left


def _stop_launcher(lock: Lock, holder: int) -> None:
    os.kill(holder, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while lock.holder() == holder:
        if time.monotonic() > deadline:
            # Its children hang on lifelines, and on records for end_orphans.
            psutil.Process(holder).kill()
            deadline += PATIENCE
        time.sleep(0.05)


def reset(*, is_forced: bool, is_rehearsal: bool) -> int:
    """Stop the stack and delete its data, after asking."""
    layout = checkout_layout()
    doomed = [path for path in _doomed(layout) if path.exists()]
    for path in doomed:
        print(f"{'Would delete' if is_rehearsal else 'Deletes'} {path}")
    if is_rehearsal or not doomed:
        print("Nothing was deleted." if doomed else "There is nothing to delete.")
        return 0
    if not is_forced and not _agreed():
        print("Nothing was deleted.")
        return 1
    down()
    for path in doomed:
        shutil.rmtree(path)
    Notes(layout).clear()
    print("Deleted. `make up` begins anew.")
    return 0


def _doomed(layout: Layout) -> list[Path]:
    """Name the folders of the data; secrets and logs stay."""
    return [layout.data, layout.state, layout.sockets]


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise StackError("No terminal to ask at: say `make reset FORCE=1`.")
    return input("Delete all data of this stack? [y/N] ").strip().lower() in {"y", "yes"}


def psql(instance: str, rest: list[str]) -> int:
    """Become PostgreSQL's own client on one of the servers."""
    layout = checkout_layout()
    topology = checkout.describe(layout, checkout.known_ports(layout))
    servers = {**topology.primaries, **topology.replicas, "default": topology.primaries["directory"]}
    if instance not in servers:
        raise StackError(f"There is no {instance!r}; there are {', '.join(servers)}.")
    server = servers[instance]
    if not server.answers():
        raise StackError(f"{instance} does not answer; is Banyan up? `make up` starts it.")
    program = str(server.binaries.postgres("psql"))
    words = [program, "-h", str(server.sockets), "-U", SUPERUSER, "-d", DATABASE, *rest]
    os.execv(program, words)  # noqa: S606  that is its purpose
