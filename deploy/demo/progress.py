"""Progress of long work: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

T = TypeVar("T")
PLAIN_EVERY_S = 5.0


class Step:
    """One counted piece of work."""

    def __init__(self, title: str, total: int, console: Console, progress: Progress | None) -> None:
        self._title, self._total, self._console, self._progress = title, total, console, progress
        self._done, self._began, self._told = 0, time.monotonic(), time.monotonic()
        self._task = progress.add_task(title, total=total) if progress else None

    def advance(self, count: int) -> None:
        """Say that so many more are done."""
        self._done += count
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, advance=count)
        elif time.monotonic() - self._told > PLAIN_EVERY_S:
            self._told = time.monotonic()
            self._console.print(f"{self._title}: {self._done:,} of {self._total:,}")

    def finish(self) -> None:
        """Say how long it took."""
        took = time.monotonic() - self._began
        if self._progress is None:
            self._console.print(f"{self._title}: {self._done:,} in {took:.1f} s")


@contextmanager
def step(title: str, total: int, console: Console) -> Iterator[Step]:
    """Show the progress of one piece of work while the block runs."""
    if not console.is_terminal:
        counted = Step(title, total, console, None)
        yield counted
        counted.finish()
        return
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console) as progress:
        counted = Step(title, total, console, progress)
        yield counted
        counted.finish()


def in_chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the items in order, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
