"""A `make up` of a test: the real launcher with a home of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from deploy.embedded.layout import ROOT
from deploy.embedded.ports import free_port
from tests.kit.machines import until

STACK = [sys.executable, "-m", "deploy.embedded"]
TIMEOUT = 180.0


class Launch:
    """One checkout's stack: begun, watched, hurt, ended."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self._log = home.with_suffix(".out")
        self._launcher: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        theirs = ("BANYAN_", "DJANGO_")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
        return {**clean, "BANYAN_HOME": str(self.home), "BANYAN_PORT": str(self.port)}

    @property
    def url(self) -> str:
        port = json.loads((self.home / "ports.json").read_text())["api"]
        return f"http://127.0.0.1:{port}"

    def output(self) -> str:
        """Return what the launcher that runs now has printed."""
        return self._log.read_text(errors="replace")

    def begin(self) -> None:
        """Start the launcher and wait until it says that all is up."""
        self.launch()
        self.await_up()

    def launch(self) -> None:
        """Start the launcher."""
        with self._log.open("wb") as log:
            self._launcher = subprocess.Popen([*STACK, "up"], cwd=ROOT, env=self.env, stdout=log, stderr=log)

    def await_up(self) -> None:
        """Wait until the launcher says that all is up."""
        until(lambda: self._is_over() or "Banyan is up" in self.output(), within=TIMEOUT)
        assert not self._is_over(), self.output()

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command of the stack beside it."""
        command = [*STACK, *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False, timeout=TIMEOUT
        )

    def beside(self, *words: str) -> subprocess.Popen[str]:
        """Begin another command of the stack beside it."""
        command = [*STACK, *words]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def sql(self, instance: str, query: str) -> str:
        """Return what psql prints for a query on one server."""
        done = self.ask("psql", instance, "-X", "-A", "-t", "-c", query)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def process(self, name: str) -> psutil.Process:
        """Return the running process of that name."""
        return psutil.Process(json.loads((self.home / "run" / f"{name}.json").read_text())["pid"])

    def processes(self) -> dict[str, psutil.Process]:
        """Return everything that is recorded as running."""
        return {path.stem: self.process(path.stem) for path in (self.home / "run").glob("*.json")}

    def kill_launcher(self) -> None:
        """Kill -9 the launcher."""
        assert self._launcher is not None
        self._launcher.kill()
        self._launcher.wait()

    def interrupt(self) -> int:
        """Press Ctrl-C and return the launcher's exit status."""
        assert self._launcher is not None
        self._launcher.send_signal(signal.SIGINT)
        return self._launcher.wait(TIMEOUT)

    def status(self) -> int:
        """Wait for the launcher's end and return its exit status."""
        assert self._launcher is not None
        return self._launcher.wait(TIMEOUT)

    def end(self) -> None:
        """Leave nothing behind, whatever the test has done."""
        self.ask("reset", "--force")
        if self._launcher is not None:
            self._launcher.wait(TIMEOUT)

    def _is_over(self) -> bool:
        assert self._launcher is not None
        return self._launcher.poll() is not None
