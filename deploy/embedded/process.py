"""A running program of a throwaway stack: started, awaited, stopped, killed; by threads, not asyncio."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Protocol

import psutil

from deploy.embedded.errors import StackError
from deploy.embedded.program import Program

PAUSE = 0.02


class Child(Protocol):
    """What is asked of a started process."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...


class Process:
    """
    One process with its own session, so that what it started dies with it.

    The thread that calls `start` must outlive the process: its end is what pulls the lifeline.
    """

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.log = log
        self._process: Child | None = None
        self._frozen: list[psutil.Process] = []

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def output(self) -> str:
        """Return everything the process has written so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def start(self) -> None:
        """Start the process and return when it is ready."""
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Start the process without waiting."""
        self.program.prepare()
        with self.log.open("ab") as log:
            self._process = self._begin(log.fileno())

    def _begin(self, log: int) -> Child:
        return subprocess.Popen(
            self.program.command(),
            cwd=self.program.cwd,
            env=dict(self.program.env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=self.program.pass_fds,
        )

    def await_ready(self) -> None:
        """
        Return when the process is ready.

        :raises StackError: if it ends or takes too long
        """
        deadline = time.monotonic() + self.program.ready_within
        while not self.program.is_ready():
            if not self.is_running or time.monotonic() > deadline:
                raise StackError(f"{self.program.name} did not become ready:\n{self.output()[-4000:]}")
            time.sleep(PAUSE)

    def freeze(self) -> None:
        """Stop the process and all that it started (SIGSTOP): its sockets stand, and nobody answers."""
        leader = psutil.Process(self.pid)
        # The parent first, so that no more are born; then those that are there.
        leader.suspend()
        self._frozen = [leader]
        while born := [one for one in leader.children(recursive=True) if one not in self._frozen]:
            for child in born:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.suspend()
            self._frozen += born

    def thaw(self) -> None:
        """Let a frozen process go on; nothing happens to another."""
        while self._frozen:
            with contextlib.suppress(psutil.NoSuchProcess):
                self._frozen.pop().resume()

    @property
    def is_frozen(self) -> bool:
        """Whether it was frozen and not thawed."""
        return bool(self._frozen)

    def ask_to_end(self, how: signal.Signals) -> None:
        """Send the process a signal, if it runs."""
        if self._process is not None:
            self._process.send_signal(how)  # which knows of processes that have ended

    def stop(self) -> None:
        """Ask the process to end, and kill it and its family when it does not."""
        self.ask_to_end(self.program.stop_signal)
        self.await_end()

    def await_end(self) -> None:
        """Wait for the end of a process that was asked to end; kill it when its time is up."""
        if self._process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self.program.stop_within)
        self.kill()

    def kill(self) -> None:
        """Kill the process and what it started (`kill -9`), and wait for its end."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
