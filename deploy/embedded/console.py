"""What the person at the terminal reads: one line at a time, each with the name of who said it."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TextIO

COLORS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
ROTATE_AT = 5_000_000
SELF = "banyan"


class Console:
    """Writes lines to the terminal, colored if it is one, and to a file for each process."""

    def __init__(self, names: list[str], logs: Path, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._logs = logs
        self._width = max(len(name) for name in [SELF, *names])
        self._is_colored = out.isatty() and "NO_COLOR" not in os.environ
        self._colors = {name: COLORS[i % len(COLORS)] for i, name in enumerate(names)}
        self._files: dict[str, TextIO] = {}
        for name in names:
            self._file(name)  # also of who says nothing: `make logs` follows it from the start

    def say(self, text: str, *, is_secret: bool = False) -> None:
        """Print a message of the launcher itself; a secret one goes to the terminal alone."""
        for line in text.splitlines() or [""]:
            if is_secret:
                self._show(SELF, line)
            else:
                self.line(SELF, line)

    def line(self, name: str, text: str, *, is_quiet: bool = False) -> None:
        """Print one line of a process; a quiet one goes to its file alone."""
        self._file(name).write(text + "\n")
        if not is_quiet:
            self._show(name, text)

    def _show(self, name: str, text: str) -> None:
        # The terminal may be gone (`make up | head`); the files go on.
        with contextlib.suppress(OSError):
            self._out.write(self._prefix(name) + text + "\n")
            self._out.flush()

    def _prefix(self, name: str) -> str:
        prefix = f"{name:<{self._width}} | "
        color = self._colors.get(name, 1)
        return f"\033[{color}m{prefix}\033[0m" if self._is_colored else prefix

    def _file(self, name: str) -> TextIO:
        if name not in self._files:
            path = self._logs / f"{name}.log"
            if path.exists() and path.stat().st_size > ROTATE_AT:
                path.replace(path.with_suffix(".log.old"))
            self._files[name] = path.open("a", buffering=1, errors="replace")
        return self._files[name]
