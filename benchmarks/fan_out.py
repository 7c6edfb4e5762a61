"""
Fan-out: the real handler in a process of its own, beside the same pushes packed on a raw socket.

Every window is full and takes as many posts as its slack holds and one more, so each is trimmed once a round:
the steady state of a home that is read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from benchmarks.cpu import used_by
from benchmarks.floor_redis import ENTRY, Wire
from benchmarks.results import US, Sample
from config.env import ROOT
from modules.kernel.redis.client import Command
from modules.kernel.redis.servers import redis
from modules.posts.events import PostPublished
from modules.timelines.schemas import TimelineSettings
from modules.timelines.tasks import fan_out
from sharding.ids import EPOCH_MS, make_id, shard_of
from sharding.scope import Once

KEYS_A_CALL = 250  # as the real handler: Redis must not be blocked for long
FILL_AT_ONCE = 50
LUA = Path(ROOT, "modules/timelines/models/lua")

Deliver = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """Whose post goes to whom, and which processes to account for beside this one."""

    author_id: int
    follower_ids: list[int]
    redis_pid: int
    postgres_pids: list[int]
    is_first: bool


def measure(job: Job) -> dict[str, Sample]:
    """Deliver the same posts by the handler and by both floors; return a sample of each."""
    if job.is_first:
        _fill_windows(job)
    wire = Wire(settings.REDIS["a"].url)
    ways: dict[str, tuple[bytes, Deliver]] = {
        "handler": (b"tl:", _by_handler(job)),
        "lists": (b"fl:", _by_lists(job, wire)),
        "script": (b"fs:", _by_script(job, wire)),
    }
    now = time.time_ns() // 1_000_000 - EPOCH_MS
    ids = [make_id(now + at, shard_of(job.author_id), 0) for at in range(_config().slack + 1)]
    return {name: _sample(job, ids, *way) for name, way in ways.items()}


def _by_handler(job: Job) -> Deliver:
    """Return the delivery by the real handler, which reads the followers from PostgreSQL."""

    def deliver(post_id: int) -> None:
        event = PostPublished(post_id=post_id, author_id=job.author_id)
        fan_out(event, Once(scope="benchmark", key=str(post_id)))

    return deliver


def _by_lists(job: Job, wire: Wire) -> Deliver:
    """Return a delivery by LPUSHX and LTRIM, two packed commands a window, ids in memory."""
    last = b"%d" % (_config().window_size - 1)

    def deliver(post_id: int) -> None:
        entry = ENTRY.pack(post_id, job.author_id)
        commands: list[tuple[bytes, ...]] = []
        for id in job.follower_ids:
            key = b"fl:%d" % id
            commands += [(b"LPUSHX", key, entry), (b"LTRIM", key, b"0", last)]
        wire.run(*commands)

    return deliver


def _by_script(job: Job, wire: Wire) -> Deliver:
    """Return a delivery by the handler's own script, ids in memory."""
    (digest,) = wire.run(("SCRIPT", "LOAD", "\n".join([_lua("prelude"), _lua("push")])))
    config = _config()
    args = (config.window_size, config.window_size + config.slack + 1)

    def deliver(post_id: int) -> None:
        entry, ids = ENTRY.pack(post_id, job.author_id), job.follower_ids
        calls = []
        for at in range(0, len(ids), KEYS_A_CALL):
            keys = [b"fs:%d" % id for id in ids[at : at + KEYS_A_CALL]]
            calls.append((b"EVALSHA", digest, len(keys), *keys, entry, *args))
        wire.run(*calls)

    return deliver


def _sample(job: Job, post_ids: Sequence[int], prefix: bytes, deliver: Deliver) -> Sample:
    """Deliver posts one after another and return what one delivery cost."""
    redis, postgres = used_by(job.redis_pid), used_by(*job.postgres_pids)
    own, began = time.process_time(), time.perf_counter()
    ends = []
    for post_id in post_ids:
        deliver(post_id)
        ends.append(time.perf_counter())
    own, units = time.process_time() - own, len(post_ids) * len(job.follower_ids)
    redis, postgres = used_by(job.redis_pid) - redis, used_by(*job.postgres_pids) - postgres
    took = sorted(end - start for start, end in zip([began, *ends], ends, strict=False))
    return Sample(
        units=units,
        per_second=units / (ends[-1] - began),
        server_us=own / units * US,
        redis_us=redis / units * US,
        postgres_us=postgres / units * US,
        p50_ms=took[len(took) // 2] * 1000,
        p99_ms=took[len(took) * 99 // 100] * 1000,
        failures=_missed(job, prefix, post_ids[-1]),
    )


def _missed(job: Job, prefix: bytes, post_id: int) -> dict[str, int]:
    """Count the windows that did not take the last post."""
    heads = redis("a").run(*[("LINDEX", b"%b%d" % (prefix, id), 0) for id in job.follower_ids])
    entry = ENTRY.pack(post_id, job.author_id)
    missed = sum(head != entry for head in heads)
    return {"not delivered": missed} if missed else {}


def _fill_windows(job: Job) -> None:
    """Give every follower three full windows: the handler's, and one for each floor."""
    shard = shard_of(job.author_id)
    old = [ENTRY.pack(make_id(ms, shard, 0), job.author_id) for ms in range(_config().window_size, 0, -1)]
    sentinel = old[-1][:8] + bytes(8)
    for at in range(0, len(job.follower_ids), FILL_AT_ONCE):
        ids = job.follower_ids[at : at + FILL_AT_ONCE]
        keys = [b"%b%d" % (prefix, id) for id in ids for prefix in (b"tl:", b"fl:", b"fs:")]
        pushes: list[Command] = [("RPUSH", key, *old, sentinel) for key in keys]
        redis("a").run(("DEL", *keys), *pushes)


def _lua(name: str) -> str:
    return (LUA / f"{name}.lua").read_text()


def _config() -> TimelineSettings:
    config: TimelineSettings = settings.TIMELINES
    return config
