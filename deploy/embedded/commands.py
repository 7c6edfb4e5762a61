"""What can be asked of the stack: up, down, reset, logs, psql."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path

import psutil

from deploy.embedded import checkout, records
from deploy.embedded.applications import answers
from deploy.embedded.checkout import Ports
from deploy.embedded.errors import StackError
from deploy.embedded.launcher import Launcher
from deploy.embedded.layout import Layout, checkout_layout
from deploy.embedded.lock import Lock
from deploy.embedded.ports import port_of
from deploy.embedded.postgres import DATABASE, SUPERUSER
from deploy.embedded.schema import Notes

PAUSE = 0.2
START = 600.0  # the first `make up` of a slow machine, with its migrations
TIMEOUT = 90.0  # longer than the launcher needs for the slowest orderly stop


def up() -> int:
    """Run the stack until Ctrl-C; say so and leave when it already runs."""
    layout = checkout_layout()
    wanted = checkout.wanted_ports()
    with Lock(layout.home) as lock:
        if not lock.take():
            return _join(layout, lock)
        checkout.forget_ports(layout)
        layout.make()
        os.umask(0o077)  # logs and mails are for whoever runs this, and so is all else
        _end_orphans(layout)  # before a port is chosen: they may hold it
        with checkout.hold_port(layout) as held:
            return asyncio.run(_launch(layout, held, wanted))


def _join(layout: Layout, lock: Lock) -> int:
    """Say where the stack of another launcher answers, once it does."""
    _await_port(layout, lock)
    ports = checkout.known_ports(layout)
    where = f"{checkout.public_url(ports)}/"
    if not answers(ports.api, checkout.wanted_host()):
        print(f"Banyan is starting: {where}", flush=True)
        _await_answer(ports, lock)
    print(f"Banyan is already up: {where}")
    print("Stop it by `make down`, follow it by `make logs`.")
    return 0


def _await_answer(ports: Ports, lock: Lock) -> None:
    """
    Wait until the API of another launcher answers.

    :raises StackError: if the launcher ends before that, or it takes too long
    """
    deadline = time.monotonic() + START
    while not answers(ports.api, checkout.wanted_host()):
        if lock.holder() is None:
            raise StackError("It ended before it was up; its last words stand where it was started.")
        if time.monotonic() > deadline:
            raise StackError("It does not answer yet; `make logs` shows what it does.")
        time.sleep(PAUSE)


def _await_port(layout: Layout, lock: Lock) -> None:
    """Wait until the launcher that was here first has chosen its port; it may have begun just now."""
    deadline = time.monotonic() + TIMEOUT
    while not checkout.has_ports(layout) and lock.holder() and time.monotonic() < deadline:
        time.sleep(0.05)


async def _launch(layout: Layout, held: socket.socket, wanted: Ports) -> int:
    launcher = Launcher(layout, held)
    if port_of(held) != wanted.api:
        launcher.console.say(f"Port {wanted.api} is taken; the API listens on {port_of(held)}.")
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


def url() -> int:
    """
    Print where the API of this checkout answers.

    :raises StackError: if nothing runs
    """
    layout = checkout_layout()
    lock = Lock(layout.home)
    if lock.holder() is None:
        raise StackError("Nothing runs here; `make up` first.")
    _await_port(layout, lock)
    print(checkout.public_url(checkout.known_ports(layout)))
    return 0


def _end_orphans(layout: Layout) -> list[str]:
    left = records.end_orphans(layout.records)
    if left:
        print(f"Ended what an earlier run had left: {', '.join(left)}.")
    return left


def _stop_launcher(lock: Lock, holder: int) -> None:
    os.kill(holder, signal.SIGTERM)
    deadline = time.monotonic() + TIMEOUT
    while lock.holder() == holder:
        if time.monotonic() > deadline:
            # Its children hang on lifelines, and on records for end_orphans.
            psutil.Process(holder).kill()
            deadline += TIMEOUT
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
    if not layout.home.exists():
        raise StackError("Nothing runs here; `make up` first.")
    topology = checkout.describe(layout)
    servers = {**topology.primaries, **topology.replicas, "default": topology.primaries["directory"]}
    if instance not in servers:
        raise StackError(f"There is no {instance!r}; there are {', '.join(servers)}.")
    server = servers[instance]
    if not server.answers():
        raise StackError(f"{instance} does not answer; is Banyan up? `make up` starts it.")
    program = str(server.binaries.postgres("psql"))
    words = [program, "-h", str(server.sockets), "-U", SUPERUSER, "-d", DATABASE, *rest]
    os.execv(program, words)  # noqa: S606  that is its purpose
