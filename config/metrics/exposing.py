"""
Where Prometheus asks: a port of its own for each kind of process, on loopback unless told otherwise.

A port of its own and no path of the API, so that no proxy can pass it on by mistake and a scrape needs no
thread of those that serve people. gunicorn's workers and Celery's children write to files that the process
above them adds up.
"""

import atexit
import os
import shutil
import socket
import tempfile

from prometheus_client import CollectorRegistry, start_http_server, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from config import env as environment

API, WORKER, RELAY, REALTIME = 0, 1, 2, 3  # how far each is from the port that BANYAN_METRICS names
_SERVICES = ("api", "worker", "relay", "realtime")

_FILES = "PROMETHEUS_MULTIPROC_DIR"
# By their place and not by their process id: else every worker that is replaced leaves files for ever.
_place = {"name": "master"}
_listening: list[socket.socket] = []


def share_files() -> None:
    """Have this process and its children write to files, empty at first; before any instrument is made."""
    if _FILES in os.environ:
        return  # gunicorn reads its configuration again on SIGHUP, and the workers of before still write
    # Not in BANYAN_STATE_DIR, which containers share.
    folder = tempfile.mkdtemp(prefix="banyan-metrics-")
    os.environ[_FILES] = folder
    atexit.register(_remove, folder, os.getpid())
    values.ValueClass = values.MultiProcessValue(lambda: _place["name"])  # type: ignore[no-untyped-call]


def take_place(name: str) -> None:
    """Write to the files of a place, which no other living process has."""
    _place["name"] = name
    # Else the port were taken for as long as children outlive a parent that was killed.
    while _listening:
        _listening.pop().close()


def leave_place(name: str) -> None:
    """Forget what was true of a process as long as it lived."""
    mark_process_dead(name)  # type: ignore[no-untyped-call]


def serve_files(kind: int) -> None:
    """
    Tell what the files hold, in a thread.

    :raises OSError: if somebody else listens there
    """
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    serve(kind, registry)


def serve(kind: int, registry: CollectorRegistry) -> None:
    """
    Tell what a registry holds, in a thread; a collector, if there is one, is told as well.

    :raises OSError: if somebody else listens there
    """
    host, port = address(kind)
    server, _ = start_http_server(port, host, registry)
    _listening.append(server.socket)
    if environment.load().otlp_endpoint:
        from config.metrics import pushing

        pushing.start(_SERVICES[kind], registry)


def address(kind: int) -> tuple[str, int]:
    """Return where a kind of process listens."""
    host, _, port = environment.load().metrics.rpartition(":")
    return host.strip("[]"), int(port) + kind


def _remove(folder: str, owner: int) -> None:
    """Remove the files when the process ends that began them; its children end by the same way."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
