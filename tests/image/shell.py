"""Commands: run, and shown with what they said where they fail."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


class Failed(Exception):
    """Says which command or claim failed, and with what."""


def run(
    *command: str | Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    within: float = 600,
    stdin: bytes = b"",
) -> str:
    """
    Return what a command says on its standard output.

    :raises Failed: if it does not end with 0, or not in time
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            timeout=within,
            capture_output=True,
            check=False,
            input=stdin,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"{' '.join(words)}: {error}") from None
    if done.returncode:
        said = (done.stdout + done.stderr).decode(errors="replace")
        raise Failed(f"{' '.join(words)} ended with {done.returncode}:\n{said[-6000:]}")
    return done.stdout.decode(errors="replace")


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is done, and how long it took."""
    began = time.monotonic()
    print(f"{text} …", flush=True)
    yield
    print(f"  {time.monotonic() - began:.1f} s", flush=True)


def claim(holds: object, text: str) -> None:
    """
    Say what holds.

    :raises Failed: if it does not
    """
    if not holds:
        raise Failed(f"This does not hold: {text}")
    print(f"  ok: {text}", flush=True)
