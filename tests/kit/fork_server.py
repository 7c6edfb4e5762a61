"""
Starts Python programs as forks of a process that has loaded what they load: most of what a start costs.

    python -m tests.kit.fork_server FD libraries|house

`libraries` are those that ask for no settings: each program loads Banyan for itself, in its own environment.
`house` has Banyan as well, for programs in the very environment of this process. Whoever holds the other end
of the socket FD sends a program with its files, and hears its number.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import threading
import warnings
from typing import Any

LIBRARIES = (
    *("celery.bin.celery", "celery.bin.worker", "celery.concurrency.prefork", "celery.fixups.django"),
    *("celery.worker.consumer", "kombu.transport.redis", "redis", "gunicorn.app.wsgiapp"),
    *("django.core.management", "django.contrib.admindocs.views", "django.db.backends.postgresql.base"),
    *("django.db.migrations.executor", "django.contrib.staticfiles.apps", "drf_spectacular.utils"),
    *("cachalot.monkey_patch", "cryptography.fernet", "environs", "fido2.server", "jwt", "oauthlib.oauth2"),
    *("pydantic.root_model", "pydantic.type_adapter", "requests", "rich.progress", "structlog", "yaml"),
)
MOST = 1 << 20  # bytes of one request
PR_SET_PDEATHSIG = 1


def main() -> None:
    """Load, then start what is asked for until nobody is left who asks."""
    gc.disable()
    for name in LIBRARIES:
        importlib.import_module(name)
    if sys.argv[2] == "house":
        load_house()
    gc.freeze()
    # Nobody waits for the programs here: whoever asked watches them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        while True:
            data, files, _, _ = socket.recv_fds(asked, MOST, 16)
            if not data:
                return
            parent = os.getpid()
            pid = os.fork()
            if not pid:
                asked.close()
                begin(json.loads(data), files, parent)
            for file in files:
                os.close(file)
            asked.send(str(pid).encode())


def load_house() -> None:
    """Load what relays and workers are; no thread may run, for a fork would lose it."""
    import django
    from django.core.checks import run_checks

    django.setup()
    importlib.import_module("config.celery")
    importlib.import_module("sharding.management.commands.relay")
    # They load the API as well, and each program runs them again.
    run_checks()
    assert threading.active_count() == 1, threading.enumerate()


def begin(program: dict[str, Any], files: list[int], parent: int) -> None:
    """Become the program: as if it had been executed with these files, this environment and these words."""
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.Signals[program["stop_signal"]]))
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    place(files, program["places"])
    os.chdir(program["cwd"])
    os.environ.clear()
    os.environ.update(program["env"])
    # What Python reads at its start.
    warnings._processoptions(program["env"].get("PYTHONWARNINGS", "").split(","))  # type: ignore[attr-defined]
    gc.enable()
    run(program["words"])


def place(files: list[int], places: list[int]) -> None:
    """Move the files that came to the numbers by which the program knows them."""
    aside = [fcntl.fcntl(file, fcntl.F_DUPFD, 1000) for file in files]
    for file in files:
        os.close(file)
    for file, wanted in zip(aside, places, strict=True):
        os.dup2(file, wanted)
        os.close(file)


def run(words: list[str]) -> None:
    """Run what `python WORDS` would run, and end as it would."""
    status: int | str | None = 1
    sys.argv = words[1:] if words[0] == "-m" else words
    try:
        if words[0] == "-m":
            runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(words[0], run_name="__main__")
        status = 0
    except SystemExit as end:
        status = end.code
    except BaseException:  # noqa: BLE001 - as at the end of any program
        sys.excepthook(*sys.exc_info())
    sys.exit(status)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
