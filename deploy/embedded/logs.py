"""`make logs`: what every process wrote, as it writes it."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from pathlib import Path
from typing import TextIO

from deploy.embedded.errors import StackError
from deploy.embedded.layout import checkout_layout

POLL = 0.2


def logs(names: list[str], *, count: int, is_followed: bool) -> int:
    """
    Print the last lines of each log, then follow them all.

    :raises StackError: if a log of that name does not exist
    """
    folder = checkout_layout().logs
    known = sorted(path.stem for path in folder.glob("*.log"))
    unknown = set(names) - set(known)
    if unknown or not known:
        raise StackError(f"There is no log of {', '.join(sorted(unknown))}." if known else "No logs yet.")
    chosen = names or known
    width = max(map(len, chosen))
    with contextlib.ExitStack() as opened, contextlib.suppress(KeyboardInterrupt):
        files = {name: opened.enter_context(_open(folder, name)) for name in chosen}
        for name, file in files.items():
            _print(name, width, deque(file, maxlen=count))
        while is_followed:
            for name, file in files.items():
                _print(name, width, file)
            time.sleep(POLL)
    return 0


def _open(folder: Path, name: str) -> TextIO:
    return (folder / f"{name}.log").open(errors="replace")


def _print(name: str, width: int, lines: deque[str] | TextIO) -> None:
    for line in lines:
        print(f"{name:<{width}} | {line}", end="" if line.endswith("\n") else "\n", flush=True)
