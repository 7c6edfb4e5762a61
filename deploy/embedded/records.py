"""
A record of every process that was started, so that what a killed launcher left is found and ended.

A number is not an identity: a process is ours only if it also began when the record says.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.embedded.alive import is_alive, wait_for_end

SAME_START = 2.0  # seconds; psutil derives the moment from the boot time, which clocks move
TIMEOUT = 15.0


@dataclass(frozen=True, slots=True)
class Record:
    """What was noted about one process, the leader of its own group."""

    name: str
    pid: int
    began: float
    stop: signal.Signals

    @classmethod
    def read(cls, path: Path) -> Record:
        """Read a record from its file."""
        entry = json.loads(path.read_text())
        return cls(path.stem, entry["pid"], entry["began"], signal.Signals[entry["stop"]])

    def leader(self) -> list[psutil.Process]:
        """Return the process itself, if it lives."""
        return [process for process in self.family() if process.pid == self.pid]

    def family(self) -> list[psutil.Process]:
        """Return what lives of its group, which may outlive it; nothing if a stranger got the number."""
        with contextlib.suppress(psutil.NoSuchProcess):
            if abs(psutil.Process(self.pid).create_time() - self.began) > SAME_START:
                return []
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error, OSError):
            is_younger = process.create_time() >= self.began - SAME_START
            return is_younger and os.getpgid(process.pid) == self.pid and is_alive(process)
        return False


def note(folder: Path, name: str, pid: int, how_to_stop: signal.Signals) -> None:
    """Remember a process that leads its own group."""
    with contextlib.suppress(psutil.NoSuchProcess):
        began = psutil.Process(pid).create_time()
        entry = {"pid": pid, "began": began, "stop": how_to_stop.name}
        (folder / f"{name}.json").write_text(json.dumps(entry))


def forget(folder: Path, name: str) -> None:
    """Drop the record of a process that has ended."""
    (folder / f"{name}.json").unlink(missing_ok=True)


def end_orphans(folder: Path) -> list[str]:
    """
    End what earlier launchers left running: leaders are asked, whoever outlives that is killed.

    :return: the names of what was ended
    """
    paths = sorted(folder.glob("*.json"))
    orphans = [record for record in map(Record.read, paths) if record.family()]
    leaders = []
    for orphan in orphans:
        leaders += orphan.leader()
        _send(orphan.leader(), orphan.stop)
    wait_for_end(leaders, TIMEOUT)
    rest = [process for orphan in orphans for process in orphan.family()]
    _send(rest, signal.SIGKILL)
    wait_for_end(rest, TIMEOUT)
    for path in paths:
        path.unlink(missing_ok=True)
    return [orphan.name for orphan in orphans]


def _send(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
