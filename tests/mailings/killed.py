"""Lives that end at a step of their own, as a test has them lived (lives.py)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from modules.kernel import clock
from tests.kit.smtp import Sink, listening
from tests.kit.tls import LOOPBACK, Authority


class Lives:
    """Processes that do what is due, each killed at a step of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def live(self, step: int) -> bool:
        """Live until this step; return whether it was killed there."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{step} {clock.now().isoformat()}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer in ("killed\n", "ended 0\n"), answer
        return answer == "killed\n"


@contextmanager
def lives(folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Sink, Lives]]:
    """Have lives, and this process, send their mails by STARTTLS to one server that takes all."""
    authority = Authority(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with (
        listening(settings, certificate=authority.issue(LOOPBACK)) as sink,
        _living(f"smtp+starttls://{LOOPBACK}:{settings.EMAIL_PORT}") as killed,
    ):
        yield sink, killed


@contextmanager
def _living(url: str) -> Iterator[Lives]:
    env = os.environ | {"BANYAN_EMAIL_URL": url}
    words = [sys.executable, "-m", "tests.mailings.lives"]
    with subprocess.Popen(
        words, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Lives(process)
        assert process.stdin
        process.stdin.close()
