"""The processes under measure: Banyan's gunicorn and the floor's, on a throwaway stack, each on its cores."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context

from benchmarks.cpu import Cores, Used, pin, pinned, used_by
from benchmarks.driver import HOST, TIMEOUT_S, Load, Outcome, drive
from benchmarks.inside import SETTINGS
from benchmarks.results import Sample
from deploy.embedded.applications import Applications
from deploy.embedded.ports import listen, port_of
from deploy.embedded.process import Process
from deploy.embedded.program import Program
from deploy.embedded.throwaway import Throwaway

# A worker that is replaced in the middle of a round would be measured with it.
STEADY = {"GUNICORN_CMD_ARGS": "--max-requests 0"}
FLOOR, FLOOR_CONFIG = "benchmarks.floor", "benchmarks/gunicorn_floor.py"


class Server:
    """A gunicorn that listens."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port

    def ask(self, line: bytes) -> bytes:
        """Send one request over a connection of its own and return the answer's body."""
        with socket.create_connection((HOST, self.port), TIMEOUT_S) as sock:
            # Of the older protocol, which knows no chunks and ends with the connection.
            sock.sendall(line.replace(b"HTTP/1.1", b"HTTP/1.0", 1))
            answer = b"".join(iter(lambda: sock.recv(65536), b""))
        return answer.partition(b"\r\n\r\n")[2]


class UnderMeasure:
    """Servers to put a load on, and the account of what it cost."""

    def __init__(self, stack: Throwaway, cores: Cores, pool: ProcessPoolExecutor) -> None:
        self._stack = stack
        self.cores = cores
        self._pool = pool
        self._processes: list[Process] = []
        self._applications = Applications(
            {
                **stack.env,
                "DJANGO_SETTINGS_MODULE": SETTINGS,
                "BANYAN_LOG_LEVEL": "INFO",
                "BANYAN_LIMITS": os.environ["BANYAN_LIMITS"],
                **STEADY,
            },
            stack.layout.state / "beat",
        )
        self.redis_pid = stack.processes["redis"].pid
        self.postgres_pids = [process.pid for name, process in stack.processes.items() if name != "redis"]
        pin([self.redis_pid, *self.postgres_pids], cores.others)

    def start_banyan(self) -> Server:
        """Start the API as `make up` does."""
        with listen() as held:
            return Server(self._start(self._applications.api(held)), port_of(held))

    def start_floor(self) -> Server:
        """Start the floor behind the same server with the same configuration."""
        with listen() as held:
            api = self._applications.api(held)
            words = [FLOOR_CONFIG if word == "config/gunicorn.py" else word for word in api.argv[:-1]]
            floor = replace(api, name="floor", argv=[*words, FLOOR])
            return Server(self._start(floor), port_of(held))

    def start_delivery(self) -> tuple[Process, Process]:
        """Start relay and worker, on the core of the server."""
        return self._start(self._applications.relay()), self._start(self._applications.worker())

    def sample(self, server: Server, load: Load) -> Sample:
        """Put a load on a server from another process and return what it cost."""
        before = self.used(server.process)
        outcome = self.drive(load)
        return Sample.of_load(outcome, self.used(server.process).since(before))

    def drive(self, load: Load) -> Outcome:
        """Put a load on a server from another process."""
        return self._pool.submit(drive, load).result()

    def used(self, *processes: Process) -> Used:
        """Return what processes and the servers behind them have used so far."""
        return Used(
            used_by(*[process.pid for process in processes]),
            used_by(self.redis_pid),
            used_by(*self.postgres_pids),
        )

    def stop(self) -> None:
        """Stop what was started, last first."""
        for process in reversed(self._processes):
            process.stop()

    def _start(self, program: Program) -> Process:
        process = Process(program, self._stack.layout.logs / f"{program.name}.log")
        self._processes.append(process)
        with pinned(self.cores.server):
            process.launch()
        process.await_ready()
        return process


@contextmanager
def under_measure(stack: Throwaway) -> Iterator[UnderMeasure]:
    """Share out the cores and give servers to measure while the block runs."""
    cores = Cores.share()
    spawn = get_context("spawn")
    with (
        ProcessPoolExecutor(1, mp_context=spawn, initializer=pin_here, initargs=(cores.others,)) as pool,
        pinned(cores.others),
    ):
        measured = UnderMeasure(stack, cores, pool)
        try:
            yield measured
        finally:
            measured.stop()


def pin_here(cores: list[int]) -> None:
    """Keep this process to some cores."""
    os.sched_setaffinity(0, cores)
