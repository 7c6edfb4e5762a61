"""Counts and times the tasks of a Celery worker, whose parent tells what its children wrote down."""

import time
from typing import Any

from billiard import current_process
from celery import signals

from config.metrics import exposing

_started: dict[str, float] = {}


@signals.celeryd_init.connect
def _begin(**_: Any) -> None:
    """Prepare the worker, before it forks."""
    exposing.share_files()
    from config.metrics import observers

    observers.observe()
    signals.worker_process_init.connect(_take_place, weak=False)
    signals.worker_process_shutdown.connect(_leave_place, weak=False)
    signals.task_prerun.connect(_note_start, weak=False)
    signals.task_postrun.connect(_note_end, weak=False)
    exposing.serve_files(exposing.WORKER)


def _place() -> str:
    return f"child{getattr(current_process(), 'index', 0)}"


def _take_place(**_: Any) -> None:
    # One that was killed could not say that it leaves.
    exposing.leave_place(_place())
    exposing.take_place(_place())


def _leave_place(**_: Any) -> None:
    exposing.leave_place(_place())


def _note_start(task_id: str, **_: Any) -> None:
    _started[task_id] = time.perf_counter()


def _note_end(task_id: str, task: Any, state: str | None, **_: Any) -> None:
    from config.metrics import instruments

    took = time.perf_counter() - _started.pop(task_id)
    instruments.TASKS.labels(task.name, state or "UNKNOWN").inc()
    instruments.TASK_SECONDS.labels(task.name).observe(took)
