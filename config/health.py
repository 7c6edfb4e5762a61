"""Whether this process lives, and whether it can serve."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cache, partial

import orjson
from django.db import connections
from django.http import HttpRequest, HttpResponse

from modules.kernel.redis.servers import DIRECTORY, instances_by_redis, redis
from sharding.backend import deadline

_TIMEOUT = 1.0  # seconds for all probes together
_MAX_AGE = 1.0  # seconds for which a result is told again
_REDIS = "redis of "  # before the name of whose it is
_running: dict[str, Future[object]] = {}


def live(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; it asks nobody, so that no outage elsewhere restarts it."""
    return HttpResponse(b'{"status":"ok"}', content_type="application/json")


def ready(request: HttpRequest) -> HttpResponse:
    """
    Say whether this process can serve: it needs the directory and the Redis beside it.

    Instances and their Redis are reported and do not count: one that is dead must not take the others' users
    with it. However many ask, this process looks once a second: four clients in a loop took the connections
    of all others.
    """
    found = _last.get()
    able = found["default"] and found[_REDIS + DIRECTORY]
    said = {name: "ok" if answered else "away" for name, answered in found.items()}
    redis_of = {name.removeprefix(_REDIS): said.pop(name) for name in found if name.startswith(_REDIS)}
    body = {
        "status": "ready" if able else "not_ready",
        "directory": said.pop("default"),
        "redis": redis_of.pop(DIRECTORY),
        "instances": said,
        "redis_of_instances": redis_of,
    }
    return HttpResponse(orjson.dumps(body), status=200 if able else 503, content_type="application/json")


@dataclass
class _Last:
    """What was found last, by one thread at a time; the others are told what is known."""

    found: dict[str, bool] | None = None
    at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self) -> dict[str, bool]:
        """Return what was found within the last moment, or look."""
        if self.found is not None and time.monotonic() - self.at < _MAX_AGE:
            return self.found
        # Nobody waits for who is looking, but where nothing is known yet.
        if self._lock.acquire(blocking=self.found is None):
            try:
                if self.found is None or time.monotonic() - self.at >= _MAX_AGE:
                    self.found, self.at = _look(), time.monotonic()
            finally:
                self._lock.release()
        return self.found  # type: ignore[return-value]  # it is never taken away


_last = _Last()


def _look() -> dict[str, bool]:
    """Ask every database and every Redis; one that is several's is asked once."""
    probes: dict[str, Callable[[], object]] = {alias: _query(alias) for alias in connections}
    servers = {DIRECTORY: redis(DIRECTORY)}
    servers |= {name: client for client, names in instances_by_redis().items() for name in names}
    of = {client: f"{_REDIS}{name}" for name, client in reversed(servers.items())}
    found = _probe({**probes, **{name: partial(client.run, ("PING",)) for client, name in of.items()}})
    return found | {f"{_REDIS}{name}": found[of[client]] for name, client in servers.items()}


def _query(alias: str) -> Callable[[], None]:
    """Return a probe that asks a database for a one."""

    def probe() -> None:
        """Ask over a connection of its own: the caller's may be the one that hangs."""
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1")
        finally:
            connections[alias].close()

    return probe


def _probe(probes: dict[str, Callable[[], object]]) -> dict[str, bool]:
    """Return which probes succeeded in time; one that still hangs since last time is not started again."""
    for name, probe in probes.items():
        if name not in _running or _running[name].done():
            _running[name] = _pool(len(probes)).submit(_bounded, probe)
    wait([_running[name] for name in probes], timeout=_TIMEOUT)
    return {name: _running[name].done() and _running[name].exception() is None for name in probes}


def _bounded(probe: Callable[[], object]) -> None:
    """Run a probe, which may wait for no database longer than anybody waits for the answer."""
    with deadline.within(_TIMEOUT):
        probe()


@cache
def _pool(size: int) -> ThreadPoolExecutor:
    """Return this process's threads, one for each probe: a server that hangs keeps no other waiting."""
    return ThreadPoolExecutor(size, thread_name_prefix="health")
