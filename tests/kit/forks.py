"""Processes of ours that begin as forks: a hundred of them load what they run on once (fork_server.py)."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from deploy.embedded.layout import ROOT
from deploy.embedded.process import Child, Process
from deploy.embedded.program import Program


class Fork:
    """A process that another one started: what `subprocess.Popen` offers of a child, by a pidfd."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._file = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Return a number once it has ended, and not the status, which its parent was told."""
        return 0 if self._ends_within(0) else None

    def wait(self, timeout: float | None = None) -> int:
        """
        Return when it has ended.

        :raises subprocess.TimeoutExpired: if it has not after so many seconds
        """
        if not self._ends_within(timeout):
            raise subprocess.TimeoutExpired("fork", timeout or 0)
        return 0

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._file, sig)

    def _ends_within(self, seconds: float | None) -> bool:
        return bool(select.select([self._file], [], [], seconds)[0])

    def __del__(self) -> None:
        os.close(self._file)


class ForkServer:
    """A process that starts others; it ends when nobody holds this any more."""

    def __init__(self, kind: str, program: Program) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            words = [sys.executable, "-m", "tests.kit.fork_server", str(theirs.fileno()), kind]
            self._process = subprocess.Popen(
                replace(program, argv=words).command(),
                cwd=ROOT,
                env=dict(program.env),
                pass_fds=[theirs.fileno()],
            )

    def start(self, program: Program, log: int) -> Fork:
        """Start a program, `python …`, that writes to a log and reads nothing."""
        said = {
            "words": program.argv[1:],
            "cwd": str(program.cwd),
            "env": dict(program.env),
            "stop_signal": program.stop_signal.name,
            "places": [0, 1, 2, *program.pass_fds],
        }
        with Path(os.devnull).open() as nothing:
            files = [nothing.fileno(), log, log, *program.pass_fds]
            socket.send_fds(self._ours, [json.dumps(said).encode()], files)
        answer = self._ours.recv(32)
        assert answer, "the fork server has ended"
        return Fork(int(answer))

    def close(self) -> None:
        """Let it end; what it has started ends with it."""
        self._ours.close()
        self._process.wait()


class ForkServers:
    """One that has loaded the libraries, and one with Banyan for an environment that processes share."""

    def __init__(self) -> None:
        self._servers: dict[object, ForkServer] = {}

    def serving(self, program: Program, shared: Mapping[str, str]) -> ForkServer:
        """Return the one that starts a program, by what it reads of Banyan's settings."""
        settings = _settings(program.env)
        kind, key = ("house", str(settings)) if settings == _settings(shared) else ("libraries", "")
        if key not in self._servers:
            self._servers[key] = ForkServer(kind, program)
        return self._servers[key]

    def close(self) -> None:
        """Let all end."""
        while self._servers:
            self._servers.popitem()[1].close()


class ForkedProcess(Process):
    """A program of ours that begins as a fork, if there is a server for it."""

    def __init__(self, program: Program, log: Path, server: ForkServer | None) -> None:
        super().__init__(program, log)
        self._server = server

    def _begin(self, log: int) -> Child:
        return super()._begin(log) if self._server is None else self._server.start(self.program, log)


def _settings(env: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in sorted(env.items()) if name.startswith(("BANYAN_", "DJANGO_"))}
