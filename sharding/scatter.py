"""
Scatter: one read per instance, in parallel, on threads that live as long as the process.

The binding never travels to these threads. Each has its own connections, which count in the budget:
`pool_threads` for each process and database.
"""

import contextvars
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.utils import OperationalError

from sharding import binding, freshness, shard_map
from sharding.backend import deadline
from sharding.conf import settings
from sharding.errors import InstanceUnavailable, WrongShard, sqlstate_of
from sharding.ids import is_mintable, shard_of

T = TypeVar("T")

# Why what lives on an instance cannot be read, by id.
Unavailable = dict[int, InstanceUnavailable]

STATEMENT_TIMEOUT = "57014"

_pool: ThreadPoolExecutor | None = None
_serial: ContextVar[bool] = ContextVar("sharding_serial", default=False)


@dataclass(frozen=True, slots=True)
class Scattered(Generic[T]):
    """What came in time, and which instances are missing."""

    rows: list[T]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every instance answered."""
        return not self.missing


def read_per_instance(
    owner_ids: Collection[int],
    read: Callable[[CursorWrapper, list[int]], list[T]],
    *,
    on_primary: bool = False,
    unavailable: Unavailable | None = None,
) -> list[T]:
    """
    Run a raw read once per instance with the ids that live there, and join the answers, in no order.

    `read` must limit its SQL to the ids it is given: that is what keeps residue out. `unavailable` is as in
    `per_instance`.

    :raises WrongShard: inside a binding, for ids of another shard
    :raises InstanceUnavailable: if an instance cannot be reached
    """

    def read_at(alias: str, ids: list[int]) -> list[T]:
        with connections[alias].cursor() as cursor:
            return read(cursor, ids)

    return per_instance(owner_ids, read_at, on_primary=on_primary, unavailable=unavailable)


def per_instance(
    ids: Collection[int],
    read_at: Callable[[str, list[int]], list[T]],
    *,
    on_primary: bool = False,
    unavailable: Unavailable | None = None,
) -> list[T]:
    """
    Run `read_at(alias, ids)` once per instance, on a replica that is fresh enough; join the answers.

    With `unavailable`, an instance that cannot be reached costs the answer only what lives there: its ids
    are put into that map, each with the reason.

    :raises InstanceUnavailable: without it, if an instance cannot be reached
    """
    wanted = {any_id for any_id in ids if is_mintable(any_id)}
    if not wanted:
        return []
    if (bound := binding.current()) is not None:
        if any(shard_of(any_id) != bound.shard for any_id in wanted):
            raise WrongShard("Ids of other shards cannot be read inside a transaction of one.")
        return read_at(bound.alias, sorted(wanted))

    def job(instance: str, mine: list[int]) -> Callable[[], list[T]]:
        return lambda: _read_group(instance, mine, lambda alias: read_at(alias, mine), on_primary=on_primary)

    groups = _group(sorted(wanted))
    jobs = {instance: job(instance, mine) for instance, mine in groups.items()}
    if unavailable is None:
        answers = run(jobs)
    else:
        answers, lost = run_available(jobs)
        unavailable.update({any_id: error for name, error in lost.items() for any_id in groups[name]})
    return [row for answer in answers.values() for row in answer]


def run(jobs: Mapping[str, Callable[[], T]]) -> dict[str, T]:
    """
    Run one job per instance and return all answers; the first failure is raised.

    The caller's thread takes one of the jobs, so that a single instance costs no hand-over.
    """
    answers, lost = run_available(jobs)
    for error in lost.values():
        raise error
    return answers


def run_available(jobs: Mapping[str, Callable[[], T]]) -> tuple[dict[str, T], dict[str, InstanceUnavailable]]:
    """Run one job per instance; return the answers, and why the others are missing that cannot be reached."""
    names = list(jobs)
    is_serial = len(names) < 2 or _must_be_serial(names)
    futures = {} if is_serial else {name: _submit(jobs[name]) for name in names[1:]}
    answers: dict[str, T] = {}
    lost: dict[str, InstanceUnavailable] = {}
    try:
        for name in names if is_serial else names[:1]:
            _attempt(name, jobs[name], answers, lost)
    finally:
        # Never leave a leg behind: it would still be reading when the caller has gone on.
        wait(futures.values())
    for name, future in futures.items():
        _attempt(name, future.result, answers, lost)
    return answers, lost


def run_within(jobs: Mapping[str, Callable[[], T]], within: float) -> tuple[dict[str, T], tuple[str, ...]]:
    """
    Run one job per instance until a deadline, in seconds; return the answers and the names without one.

    An instance that cannot be reached or whose statement timed out is missing; other failures are raised.
    A leg that is late ends as well: it waits for its database no longer than the caller.
    """
    if _must_be_serial(list(jobs)):
        return _run_serially_within(jobs, within)
    futures = {name: _submit(partial(_run_in_time, job, within)) for name, job in jobs.items()}
    done, late = wait(futures.values(), timeout=within)
    for future in late:
        future.cancel()
    answers: dict[str, T] = {}
    for name, future in futures.items():
        if future in done:
            _collect(answers, name, future.result)
    return answers, tuple(name for name in jobs if name not in answers)


@contextmanager
def serially() -> Iterator[None]:
    """Run every scatter of this context in the caller's thread; for tests that count."""
    token = _serial.set(True)
    try:
        yield
    finally:
        _serial.reset(token)


def _group(ids: list[int]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for any_id in ids:
        groups.setdefault(shard_map.alias_of(shard_of(any_id)), []).append(any_id)
    return groups


def _read_group(instance: str, ids: list[int], read_at: Callable[[str], T], *, on_primary: bool) -> T:
    if on_primary:
        return read_at(instance)
    epoch = max(shard_map.epoch_of(shard_of(any_id)) for any_id in ids)
    return freshness.read(instance, epoch, read_at)


def _run_serially_within(
    jobs: Mapping[str, Callable[[], T]], within: float
) -> tuple[dict[str, T], tuple[str, ...]]:
    deadline = time.monotonic() + within
    answers: dict[str, T] = {}
    for name, job in jobs.items():
        if time.monotonic() < deadline:
            _collect(answers, name, job)
    return answers, tuple(name for name in jobs if name not in answers)


def _attempt(
    name: str, take: Callable[[], T], answers: dict[str, T], lost: dict[str, InstanceUnavailable]
) -> None:
    try:
        answers[name] = take()
    except InstanceUnavailable as error:
        lost[name] = error


def _collect(answers: dict[str, T], name: str, take: Callable[[], T]) -> None:
    try:
        answers[name] = take()
    except InstanceUnavailable:
        return
    except OperationalError as error:
        if sqlstate_of(error) != STATEMENT_TIMEOUT:
            raise


def _run_in_time(job: Callable[[], T], within: float) -> T:
    with deadline.within(min(within, deadline.allowed_s())):
        return job()


def _submit(job: Callable[[], T]) -> "Future[T]":
    # The context carries the request's id and its freshness marks; there is no binding in it, since
    # inside a binding nothing is scattered.
    context = contextvars.copy_context()
    return _threads().submit(context.run, job)


def _must_be_serial(aliases: list[str]) -> bool:
    """Inside somebody's transaction (a test's), other threads would not see what it wrote."""
    return settings().serial or _serial.get() or any(connections[alias].in_atomic_block for alias in aliases)


def _threads() -> ThreadPoolExecutor:
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(settings().pool_threads, thread_name_prefix="scatter")
    return _pool


def _forget_pool() -> None:
    global _pool
    _pool = None


# Threads do not survive a fork; their executor would wait for them for ever.
os.register_at_fork(after_in_child=_forget_pool)
