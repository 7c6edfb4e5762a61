"""
Spans of Celery's tasks. Where a message says of no trace, as the clock's, a task begins its own.

Not by opentelemetry-instrumentation-celery: its spans repeat what exceptions say, and each message that the
broker refuses leaves one that never ends and stays the current one.
"""

from typing import Any

from celery import signals
from opentelemetry.trace import SpanKind, get_current_span

from config.tracing.spans import Spanning, fail, read, write_down
from sharding.outbox import TRACEPARENT

_running: dict[str, Spanning] = {}


def install() -> None:
    """Span every task from here on."""
    signals.before_task_publish.connect(_send_along, weak=False)
    signals.task_prerun.connect(_begin, weak=False)
    signals.task_failure.connect(_fail, weak=False)
    signals.task_postrun.connect(_end, weak=False)


def _send_along(headers: dict[str, Any], **_: Any) -> None:
    if told := write_down(get_current_span()):
        headers[TRACEPARENT] = told


def _begin(task_id: str, task: Any, **_: Any) -> None:
    request = task.request
    about = {
        "messaging.destination.name": str((request.delivery_info or {}).get("routing_key", "")),
        "messaging.message.id": task_id,
    }
    within = read(getattr(request, TRACEPARENT, None))
    _running[task_id] = spanning = Spanning(f"run {task.name}", SpanKind.CONSUMER, about, within=within)
    spanning.__enter__()


def _fail(task_id: str, exception: BaseException, **_: Any) -> None:
    if (spanning := _running.get(task_id)) is not None:
        fail(spanning.span, exception)


def _end(task_id: str, **_: Any) -> None:
    if (spanning := _running.pop(task_id, None)) is not None:
        spanning.__exit__(None, None, None)
