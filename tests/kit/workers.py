"""Workers that make an upload or an export in processes of their own: to be frozen, woken and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.kit.machines import until
from tests.kit.people import Person

# Set up once: to start Python and Django for each would take a second of a core.
EACH_IN_A_FORK = """
import os, signal, sys
from datetime import datetime
import django
django.setup()
from {module} import {function} as work
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who dies is gone at once
for line in sys.stdin:
    owner, now, *uploads = line.split()
    worker = os.fork()
    if worker:
        print(worker, flush=True)
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        for media in uploads:
            work(int(owner), int(media), now=datetime.fromisoformat(now))
    finally:
        os._exit(0)
"""


class Worker:
    """A process that is at one upload after the other."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def freeze(self) -> None:
        """Stop it where it is, and wait until it stands."""
        os.kill(self.pid, signal.SIGSTOP)
        until(lambda: self._state() == "T")

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Kill -9, and wait until it is gone."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def kill_child(self) -> None:
        """Kill -9 the process that it has decode a file, as the kernel does with what takes too much."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        until(children.read_text)
        os.kill(int(children.read_text()), signal.SIGKILL)

    def wait(self) -> None:
        """Wait until it has ended."""
        until(lambda: self._state() is None)

    def _state(self) -> str | None:
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return None


class Workers:
    """Starts workers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def begin(self, owner: Person, *media_ids: int, now: datetime) -> Worker:
        """Have one process uploads."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        words = [str(owner.id), now.isoformat(), *map(str, media_ids)]
        self._process.stdin.write(" ".join(words) + "\n")
        self._process.stdin.flush()
        return Worker(int(self._process.stdout.readline()))


@contextmanager
def run_workers(
    env: Mapping[str, str],
    log: Path,
    *,
    work: tuple[str, str] = ("modules.media.services.processing", "process_upload"),
) -> Iterator[Workers]:
    """Run the process that workers are forks of; what they have to say stands in the log."""
    words = [sys.executable, "-c", EACH_IN_A_FORK.format(module=work[0], function=work[1])]
    with log.open("w") as said:
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=dict(env), text=True
        )
        try:
            yield Workers(process)
        finally:
            process.kill()
            process.communicate()
