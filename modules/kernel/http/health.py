"""Whether this process lives, and whether it can serve."""

import threading
from collections.abc import Callable

import orjson
from django.db import connections
from django.http import HttpRequest, HttpResponse

from modules.kernel.hot import RedisAway, hot

_PATIENCE = 1.0  # seconds for all probes together
_running: dict[str, threading.Thread] = {}


def live(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; it asks nobody, so that no outage elsewhere restarts it."""
    return HttpResponse(b'{"status":"ok"}', content_type="application/json")


def ready(request: HttpRequest) -> HttpResponse:
    """
    Say whether this process can serve: it needs the directory and Redis.

    Instances are reported and do not count: one that is dead must not take the others' users with it.
    """
    aliases = list(connections)
    probes: dict[str, Callable[[], None]] = {alias: _query(alias) for alias in aliases}
    found = _probe({**probes, "redis": _ping})
    able = found["default"] and found["redis"]
    said = {name: "ok" if answered else "away" for name, answered in found.items()}
    body = {
        "status": "ready" if able else "not_ready",
        "directory": said.pop("default"),
        "redis": said.pop("redis"),
        "instances": said,
    }
    return HttpResponse(orjson.dumps(body), status=200 if able else 503, content_type="application/json")


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


def _ping() -> None:
    """Ask Redis for an answer."""
    hot().run(("PING",))


def _probe(probes: dict[str, Callable[[], None]]) -> dict[str, bool]:
    """Return which probes succeeded in time; one that still hangs since last time is not started again."""
    answered = dict.fromkeys(probes, False)
    for name, probe in probes.items():
        if name not in _running or not _running[name].is_alive():
            _running[name] = threading.Thread(target=_try, args=(name, probe, answered), daemon=True)
            _running[name].start()
    threads = [_running[name] for name in probes]
    waited = threading.Event()
    threading.Thread(target=_join, args=(threads, waited), daemon=True).start()
    waited.wait(_PATIENCE)
    return dict(answered)


def _try(name: str, probe: Callable[[], None], answered: dict[str, bool]) -> None:
    """Run a probe and note whether it succeeded."""
    try:
        probe()
    except (RedisAway, OSError, Exception):  # noqa: BLE001 - whatever it was, there was no answer
        return
    answered[name] = True


def _join(threads: list[threading.Thread], waited: threading.Event) -> None:
    """Wait for all probes and say so."""
    for thread in threads:
        thread.join()
    waited.set()
