"""A program to run: what to start, as whom, when it is ready, how it is asked to stop."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.embedded.account import Account

LIFELINE = Path(__file__).with_name("lifeline.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One process of the stack."""

    name: str
    argv: list[str]
    cwd: Path
    account: Account
    is_ready: Callable[[], bool]
    prepare: Callable[[], None] = lambda: None
    env: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 10.0
    ready_within: float = 60.0
    # Open files that it inherits: the socket that it serves.
    pass_fds: tuple[int, ...] = ()
    # Only these lines are shown on the terminal; the file has all.
    loud: re.Pattern[str] | None = None

    def command(self) -> list[str]:
        """Return the argument vector that starts it on a lifeline to this process."""
        account = self.account
        lifeline = [sys.executable, "-I", "-S", str(LIFELINE), self.stop_signal.name]
        return [*lifeline, str(account.uid), str(account.gid), *self.argv]


def server_env(home: Path) -> dict[str, str]:
    """Return the environment of a server: nothing of ours, least of all secrets."""
    return {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8", "TZ": "UTC"}
