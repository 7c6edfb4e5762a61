"""
One process after the other does what clock, relay and worker do, and is killed at a statement of its own.

    python -m tests.mailings.lives < "what number moment" a line

Banyan is loaded once; each line is a life: a fork that works until it is killed by SIGKILL at a step of this
number; 0 lives to the end. Steps are where a database changes: before a statement that writes, before a
commit and after one. Answers are what ended a life.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import django

from config.settings.contexts import CONTEXTS


def main() -> None:
    """Live the lives that are asked for."""
    load()
    gc.freeze()
    for line in sys.stdin:
        number, moment = line.split()
        pid = os.fork()
        if not pid:
            live(int(number), datetime.fromisoformat(moment))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}\n")
        sys.stdout.flush()


def load() -> None:
    """Load all that a life needs, so that none has to."""
    django.setup()
    import mrml  # noqa: F401

    from modules.kernel import bus

    for context in CONTEXTS:
        if find_spec(f"modules.{context}.tasks"):
            import_module(f"modules.{context}.tasks")
    bus.declare_events()
    import_module("tests.kit.delivery")


def live(number: int, now: datetime) -> None:
    """Announce what is due, deliver the news, and send what was written down."""
    from django.db import connections
    from django.db.backends.base.base import BaseDatabaseWrapper

    from modules.kernel import clock
    from modules.mail.services.sending import send_waiting_mails
    from modules.mailings.services import rounds
    from modules.mailings.services.due_digests import announce_due_digests
    from sharding import scatter
    from tests.kit.delivery import drain

    left, commit = number, BaseDatabaseWrapper._commit  # type: ignore[attr-defined]

    def step() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def execute(run: Callable[..., Any], sql: str, *call: Any) -> Any:
        if not sql.lstrip().upper().startswith("SELECT"):
            step()
        return run(sql, *call)

    def commit_in_steps(self: BaseDatabaseWrapper) -> None:
        step()
        commit(self)
        step()

    BaseDatabaseWrapper._commit = commit_in_steps  # type: ignore[attr-defined]
    rounds.STEP = 2  # type: ignore[misc]
    clock.now = lambda: now  # subscribers ask it
    with ExitStack() as stack:
        stack.enter_context(scatter.serially())
        for alias in connections:
            stack.enter_context(connections[alias].execute_wrapper(execute))
        announce_due_digests(now=now)
        drain()
        send_waiting_mails(now=now)


if __name__ == "__main__":
    main()
