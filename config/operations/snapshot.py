"""
The whole system at a glance, as one look finds it.

Everything is asked at once, each by a thread of its own, and what does not answer within a second is said to
be so: nobody waits for a server that hangs. A look is shared through the directory's Redis: who comes within
a second of it gets the same, so ten open pages cost what one does. Without that Redis each process looks for
itself, as often.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import cache, partial
from threading import Lock
from typing import Any

import structlog
from django.conf import settings
from django.db import connections
from pydantic import BaseModel, ValidationError

from config.operations import reports
from config.operations.databases import Look
from config.operations.schemas import ErrorEntry, OperationsStatus, Report, SlowEntry
from config.operations.troubles import MAX_AGE_S, list_troubles
from config.settings.queues import DEAD
from modules.kernel import clock
from modules.kernel.redis.client import RedisCommandError, RedisUnavailable, Unreadable
from modules.kernel.redis.servers import DIRECTORY, redis, redis_clients
from sharding import outages
from sharding.delivery.sending import lengths_of

log = structlog.get_logger(__name__)

WITHIN_S = 1.0
FRESH_MS = 1_000
SILENT_S = 6.0
_LAST, _TURN = "ops:last", "ops:turn"
_BROKER = "broker"
# What nobody knows of a database that does not say.
_UNKNOWN = (
    *("reason", "answered_ms", "size_bytes", "rows", "connections", "max_connections", "shards"),
    *("owned_shards", "lag_bytes", "lag_seconds"),
)
_FAILURES = (RedisUnavailable, RedisCommandError, Unreadable)

_running: dict[str, "Future[Any]"] = {}
_starting = Lock()
_lock = Lock()
# The last look of this process, and when; for as long as nothing can be shared.
_own: dict[str, tuple[bytes, float]] = {}

Found = dict[str, Any]


def get_status() -> bytes:
    """Return what is known, at most a moment old, as finished JSON; look if it is nobody else's turn."""
    try:
        turn, last = redis(DIRECTORY).run(
            ("SET", _TURN, 1, "NX", "PX", FRESH_MS),
            ("GET", _LAST),
        )
    except _FAILURES:
        return _get_own()
    if turn is None and last is not None and _is_readable(last):
        return bytes(last)
    content = look().json_bytes()
    with suppress(*_FAILURES):  # it is told all the same
        redis(DIRECTORY).run(("SET", _LAST, content, "PX", 10 * FRESH_MS))
    return content


def _is_readable(last: bytes) -> bool:
    """Return whether a look of somebody else's is one as this release knows it."""
    try:
        OperationsStatus.model_validate_json(last)
    except ValidationError:
        return False
    return True


def _get_own() -> bytes:
    """Return what this process has found within the last moment, or look, one thread at a time."""
    with _lock:
        content, at = _own.get("last", (b"", float("-inf")))
        if time.monotonic() - at >= FRESH_MS / 1000:
            content = look().json_bytes()
            _own["last"] = content, time.monotonic()
    return content


def look() -> OperationsStatus:
    """Ask everything there is, and judge it."""
    started, at = time.monotonic(), clock.now()
    databases = Look(MAX_AGE_S).probes()
    servers = {f"redis {client.name}": client for client in redis_clients()}
    probes: dict[str, Callable[[], Any]] = {
        **databases,
        **{name: partial(client.run, ("INFO", "memory")) for name, client in servers.items()},
        _BROKER: _ask_broker,
    }
    found = _probe(probes)
    heard = _heard()
    processes = _processes(heard)
    told: Found = {
        "looked_at": at,
        "databases": [_database(alias, found[alias], processes) for alias in databases],
        "outboxes": [
            {"database": outages.name_of(alias), **_outbox(found[alias]["outbox"])}
            for alias in databases
            if "outbox" in (found[alias] or {})
        ],
        "redis": [
            _redis(client.name, ", ".join(names), found[f"redis {client.name}"], processes)
            for client, names in redis_clients().items()
        ],
        "broker": "away" if found[_BROKER] is None else "ok",
        "queues": [
            {"queue": queue, "messages": (found[_BROKER] or {}).get(queue)} for queue in _queue_names()
        ],
        "processes": [{key: value for key, value in each.items() if key != "open"} for each in processes],
        "beat": {"ticked_seconds": heard["ticked_seconds"]},
        "errors": heard["errors"],
        "slow": heard["slow"],
        "took_ms": round((time.monotonic() - started) * 1000, 1),
    }
    troubles = list_troubles(told)
    return OperationsStatus.model_validate({**told, "troubles": troubles, "is_well": not troubles})


def _probe(probes: dict[str, Callable[[], Any]]) -> dict[str, Any]:
    """Return what each probe found in time, or None; one that hangs since last time is not started again."""
    pool = _pool(len(probes))
    # Of two looks that begin at once one starts the probes: a connection is no two threads'.
    with _starting:
        for name, probe in probes.items():
            if name not in _running or _running[name].done():
                _running[name] = pool.submit(probe)
        begun = {name: _running[name] for name in probes}
    wait(begun.values(), timeout=WITHIN_S)
    return {name: _result_of(name, future) for name, future in begun.items()}


def _result_of(name: str, future: "Future[Any]") -> Any:
    if not future.done():
        return (
            {"state": "frozen", "reason": f"no answer within {WITHIN_S:g} s"} if name in connections else None
        )
    error = future.exception()
    if error is None:
        return future.result()
    if name in connections:
        # A database's own failures are told by its probe: this is a bug, which must not hide the others.
        log.error("look_failed", server=outages.name_of(name), exc_info=error)
        return {"state": "away", "reason": type(error).__name__}
    return None


@cache
def _pool(size: int) -> ThreadPoolExecutor:
    """Return this process's threads, one for each probe: a server that hangs keeps no other waiting."""
    return ThreadPoolExecutor(size, thread_name_prefix="operations")


def _ask_broker() -> dict[str, int]:
    return lengths_of(_queue_names())


def _queue_names() -> list[str]:
    """Return the queues by name; where it can be, that of messages no worker has survived."""
    names = [queue.name for queue in settings.CELERY["task_queues"]]
    return [*names, DEAD.name] if settings.CELERY["broker_url"].startswith("amqp") else names


def _database(alias: str, found: Found, processes: list[Found]) -> Found:
    name = outages.name_of(alias)
    sharding = settings.SHARDING
    primary = next((one for one, its in sharding.replicas.items() if alias in its), None)
    role = "replica" if primary else "directory" if alias == sharding.directory else "instance"
    known = {key: value for key, value in found.items() if key != "outbox"}
    return {
        "name": name,
        "role": role,
        "primary": primary,
        **dict.fromkeys(_UNKNOWN),
        "tables": [],
        **known,
        "turned_away_by": _turned_away_by(name, processes),
    }


def _outbox(found: Found) -> Found:
    return {key: value for key, value in found.items() if key != "is_well"}


def _redis(server: str, name: str, found: list[bytes] | None, processes: list[Found]) -> Found:
    facts = _facts(found[0]) if found else {}
    return {
        "name": name,
        "state": "ok" if found else "away",
        "used_bytes": facts.get("used_memory"),
        "max_bytes": facts.get("maxmemory"),
        "turned_away_by": _turned_away_by(server, processes),
    }


def _facts(text: bytes) -> dict[str, int]:
    """Return the numbers of an INFO."""
    pairs = [line.partition(":") for line in text.decode().splitlines()]
    return {name: int(value) for name, _, value in pairs if value.isdigit()}


def _turned_away_by(server: str, processes: list[Found]) -> list[str]:
    return [f"{each['kind']} {each['pid']}" for each in processes if server in each["open"]]


def _heard() -> Found:
    """Return what processes have told; nothing without the Redis that it lies in."""
    nothing: Found = {"processes": [], "ticked_seconds": None, "errors": [], "slow": []}
    try:
        time_of, told, ticked, errors, slow = redis(DIRECTORY).run(
            ("TIME",),
            ("HGETALL", reports.PROCESSES),
            ("GET", reports.TICK),
            ("LRANGE", reports.ERRORS, 0, 19),
            ("LRANGE", reports.SLOW, 0, 19),
        )
        now = int(time_of[0]) + int(time_of[1]) / 1e6
        processes = {name: _heard_of(said, now) for name, said in zip(told[::2], told[1::2], strict=True)}
        shown = [each for each in processes.values() if each and each["heard_seconds"] <= reports.SHOWN_S]
        _forget([name for name, each in processes.items() if each not in shown])
        return {
            "processes": shown,
            "ticked_seconds": None if ticked is None else max(0.0, round(now - float(ticked), 1)),
            "errors": _readable(ErrorEntry, errors),
            "slow": _readable(SlowEntry, slow),
        }
    except (*_FAILURES, ValueError):
        return nothing


def _heard_of(said: bytes, now: float) -> Found | None:
    """Return what a process has told, and when; None if it is none of ours, or of another release."""
    at, _, text = said.partition(b" ")
    told = _readable(Report, [text])
    if not told or not at.isdigit():
        return None
    # Redis notes whole seconds, so the present one may look like the future.
    return {**told[0], "heard_seconds": max(0.0, round(now - int(at), 1))}


def _readable(shape: type[BaseModel], entries: list[bytes]) -> list[Found]:
    """Return those entries that have a shape; other releases, which run meanwhile, may write others."""
    found = []
    for entry in entries:
        with suppress(ValidationError):
            found.append(shape.model_validate_json(entry).model_dump())
    return found


def _forget(names: list[bytes]) -> None:
    if names:
        redis(DIRECTORY).run(("HDEL", reports.PROCESSES, *names))


def _processes(heard: Found) -> list[Found]:
    """Return each process with its state, by kind and name."""
    order = ("api", "realtime", "worker", "child of worker", "relay", "beat")
    found = [
        {
            **{
                key: each[key]
                for key in ("kind", "host", "pid", "says", "heard_seconds", "up_seconds", "open")
            },
            "state": "silent" if each["heard_seconds"] > SILENT_S else "ok" if each["can_work"] else "idle",
        }
        for each in heard["processes"]
    ]
    return sorted(found, key=lambda each: (order.index(each["kind"]), each["host"], each["pid"]))
