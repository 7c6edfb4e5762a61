"""Banyan's own processes: API, sockets, worker, clock, relay, and Flower, which shows what workers do."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.embedded.account import Account
from deploy.embedded.layout import ROOT
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.program import Program

CELERY = ("-m", "celery", "--quiet", "-A", "config.celery")
# Celery warns root at length; messages here are JSON only, so the danger it means is not there.
AS_ROOT = {"PYTHONWARNINGS": "ignore:You're running the worker"}
# What the clock says each minute goes to its file alone.
TROUBLE = re.compile("warning|error|critical|Traceback|starts")
# Where a server that listens everywhere is asked.
REACHED_BY = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104


@dataclass(frozen=True, slots=True)
class Applications:
    """How each process starts, given the variables that lead it to its servers."""

    env: Mapping[str, str]
    beat_schedule: Path
    python: str = sys.executable

    def api(self, held: socket.socket) -> Program:
        """Return the REST API behind gunicorn, on a socket that listens already."""
        file = held.fileno()
        words = ["-m", "gunicorn", "-c", "config/gunicorn.py", "--bind", f"fd://{file}", "config.wsgi"]
        host, port = held.getsockname()[:2]
        made = self._program("api", words, is_ready=lambda: answers(port, host), stop_within=25)
        return replace(made, pass_fds=(file,))

    def realtime(self, port: int) -> Program:
        """Return the process that holds sockets open."""
        env = {"BANYAN_REALTIME_PORT": str(port)}
        host = self.env.get("BANYAN_HOST", LOOPBACK)
        words = ["-m", "config.realtime"]
        return self._program("realtime", words, env=env, is_ready=lambda: answers(port, host), stop_within=15)

    def media(self, port: int) -> Program:
        """Return the server of the folder of media, which takes uploads and serves files."""
        words = ["-m", "gunicorn", "-c", "config/gunicorn_media.py", "--bind", f"{LOOPBACK}:{port}"]
        return self._program("media", [*words, "config.media_server"], is_ready=lambda: answers(port))

    def worker(self) -> Program:
        """Return the Celery worker of all queues; it gets time to finish what it holds."""
        words = [*CELERY, "worker", "--without-gossip", "--without-mingle"]
        return self._program("worker", words, env=AS_ROOT, stop_within=25)

    def beat(self) -> Program:
        """Return the clock; its file of last runs lies with the stack's state."""
        words = [*CELERY, "beat", "--pidfile=", "-s", str(self.beat_schedule)]
        return replace(self._program("beat", words), loud=TROUBLE)

    def relay(self) -> Program:
        """Return the relay of all outboxes."""
        return self._program("relay", ["manage.py", "relay"])

    def flower(self, port: int) -> Program:
        """Return Flower, which shows workers and tasks and changes nothing; nobody waits until it answers."""
        words = [*CELERY, "flower", f"--address={LOOPBACK}", f"--port={port}", "--read_only=True"]
        # A file of this name in the working folder would be run.
        return self._program("flower", [*words, f"--conf={os.devnull}"])

    def manage(self, words: list[str]) -> Program:
        """Return a management command, which ends by itself."""
        return self._program(words[0], ["manage.py", *words])

    def _program(
        self,
        name: str,
        words: list[str],
        *,
        env: Mapping[str, str] | None = None,
        is_ready: Callable[[], bool] = lambda: True,
        stop_within: float = 10.0,
    ) -> Program:
        return Program(
            name=name,
            argv=[self.python, *words],
            cwd=ROOT,
            account=Account(name="", uid=os.geteuid(), gid=os.getegid(), switches=False),
            is_ready=is_ready,
            # libpq's own variable: by it PostgreSQL tells the processes apart (pg_stat_activity).
            env={
                **os.environ,
                "PGAPPNAME": f"banyan {name}",
                **self.env,
                **(env or {}),
                "PYTHONUNBUFFERED": "1",
            },
            stop_within=stop_within,
        )


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Return whether the API answers a health check."""
    connection = http.client.HTTPConnection(REACHED_BY.get(host, host), port, timeout=5)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    return False
