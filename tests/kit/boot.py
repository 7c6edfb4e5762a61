"""
The stack of this test run: planned before Django reads its settings, started while pytest collects.

Tests that touch no server do not wait for it.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

from deploy.embedded.layout import ROOT, throwaway_layout
from deploy.embedded.throwaway import Throwaway
from tests.kit.migrated import migrated

SETTINGS = "config.settings.test"


class Boot:
    """The servers of the run, in the care of one thread that lives as long as they do."""

    def __init__(self) -> None:
        self.stack = Throwaway(throwaway_layout())
        self._is_ready = threading.Event()
        self._is_over = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="stack", daemon=True)

    def plan(self) -> None:
        """Put the addresses into the environment."""
        for name in [name for name in os.environ if name.startswith("BANYAN_")]:
            del os.environ[name]
        # Tests of limits switch them on.
        os.environ.update(self.stack.env, DJANGO_SETTINGS_MODULE=SETTINGS, BANYAN_LIMITS="off")
        atexit.register(self.end)

    def begin(self) -> None:
        """Start the servers in the background."""
        signal.signal(signal.SIGTERM, _as_interrupt)
        self._thread.start()

    def withdraw(self) -> None:
        """Take the addresses back; processes that start now plan a stack of their own."""
        for name in ("DJANGO_SETTINGS_MODULE", "BANYAN_LIMITS", *self.stack.env):
            del os.environ[name]

    def wait(self) -> Throwaway:
        """Return the stack when it is up and migrated."""
        self._is_ready.wait()
        if self._failure is not None:
            raise RuntimeError("the stack of the tests did not start") from self._failure
        return self.stack

    def end(self) -> None:
        """Stop the servers and remove their data."""
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join()
        self.stack.remove()

    def _run(self) -> None:
        try:
            with migrated(self.stack.layout.home, migrate) as data:
                self.stack.start(like=data)
        except BaseException as failure:  # noqa: BLE001  told to whoever waits
            self._failure = failure
        self._is_ready.set()
        self._is_over.wait()
        self.stack.stop()


def migrate(env: dict[str, str]) -> None:
    """Bring every database to the schema of the code; per alias while the shards have no command for it."""
    if (ROOT / "sharding" / "management" / "commands" / "shards.py").exists():
        manage(["shards", "migrate"], env)
        return
    names = [pair.partition("=")[0] for pair in env["BANYAN_INSTANCES"].split(",")]
    for alias in ("default", *names):
        manage(["migrate", "--database", alias, "--verbosity", "0"], env)


def manage(words: list[str], env: dict[str, str]) -> str:
    """Run a management command in a process of its own and return what it printed."""
    command = [sys.executable, str(Path(ROOT, "manage.py")), *words]
    full = {**os.environ, **env, "DJANGO_SETTINGS_MODULE": SETTINGS}
    done = subprocess.run(command, cwd=ROOT, env=full, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
