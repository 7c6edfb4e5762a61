"""A file by which others see that a process does its work; `config/alive.py` looks how old it is."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

#: How often a file is written at most, in seconds.
EVERY = 2.0


class Heartbeat:
    """
    Writes `<monotonic seconds> <words>` into a file, every two seconds at most; without a folder nothing.

    The clock is the machine's monotonic one, so that nobody is declared dead when the time is set.
    """

    def __init__(self, folder: Path | None, name: str) -> None:
        """Name the file; nothing is written before the first beat."""
        self._file = folder / name if folder else None
        self._last = float("-inf")

    def beat(self, describe: Callable[[], str] = str) -> None:
        """Say that the work goes on, and how it stands; `describe` is asked only when the file is written."""
        now = time.monotonic()
        if self._file is None or now - self._last < EVERY:
            return
        self._last = now
        said = f"{now:.1f} {describe()}\n"
        # A full disk makes a process look dead, and that is enough: it must not end it.
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._file.with_name(f".{self._file.name}-{os.getpid()}")
            unfinished.write_text(said)
            unfinished.rename(self._file)

    def stop(self) -> None:
        """Say that the work has stopped."""
        self._last = float("-inf")
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)
