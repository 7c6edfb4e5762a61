"""
Errors for Sentry (docs/tracing.md); where BANYAN_SENTRY_DSN is empty, nothing here is loaded.

What is an error is said by the log: a line of that level with an exception becomes an event. So a refusal is
none, nor is a server that is away, and requests pay nothing. The SDK's own way in, its integrations, costs a
request half a millisecond and sends what people sent; of it are used frames, queue and transport.
"""

import sys
from collections.abc import Iterator
from typing import Any

import sentry_sdk
from sentry_sdk.types import Event
from sentry_sdk.utils import single_exception_from_error_tuple

from config import env as environment
from sharding import outages
from sharding.tracebacks import tell

# A process that ends waits no longer for a Sentry that does not answer.
_LAST_S = 2.0
_DEEPEST = 10
_LEVELS = ("error", "critical", "exception")
# Refused with a 400, whatever a client may think of: no flood of events.
_NO_EVENTS = frozenset({"value_refused_by_database"})
# What a line says beside the exception and may be searched for; ids of people are not among it.
_TAGS = ("request_id", "trace_id", "subscriber", "instance", "failures", "event_id")


def start(service: str) -> None:
    """Send what the log of this process calls an error."""
    env = environment.load()
    sentry_sdk.init(
        dsn=env.sentry_dsn,
        release=env.release or None,
        environment=env.environment,
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        propagate_traces=False,
        enable_backpressure_handling=False,
        enable_metrics=False,
        shutdown_timeout=_LAST_S,
    )
    # Of all threads.
    sentry_sdk.get_global_scope().set_tag("service", service)


def stop() -> None:
    """Send what waits, within two seconds."""
    sentry_sdk.get_client().close(timeout=_LAST_S)


def report(_: Any, method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Send an event for a line that calls an exception an error; a processor of structlog."""
    error = _error_of(line)
    if method in _LEVELS and error is not None and _is_news(line):
        client = sentry_sdk.get_client()
        if client.is_active() and outages.server_of(error) is None:
            sentry_sdk.capture_event(_event(line, error, client.options))
    return line


def _is_news(line: dict[str, Any]) -> bool:
    """Return whether nobody was told: a delivery is tried again, and told once more when it is dead."""
    is_repeat = line["event"] == "delivery.failed" and line["failures"] > 1
    return line["event"] not in _NO_EVENTS and not is_repeat


def _error_of(line: dict[str, Any]) -> BaseException | None:
    given = line.get("exc_info")
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    return error if isinstance(error, BaseException) else None


def _event(line: dict[str, Any], error: BaseException, options: dict[str, Any]) -> Event:
    """Return the event: kinds, frames without values, and of messages what the log may have of them."""
    about: Event = {
        "level": "error",
        "logger": str(line.get("logger", "banyan")),
        "tags": {name: str(line[name]) for name in _TAGS if name in line},
        "exception": {"values": [_told(each, options) for each in reversed(list(_chain(error)))]},
    }
    # Of a line that others write, the event is a text with who knows what in it.
    if line.get("_record") is None:
        about["tags"]["event"] = str(line["event"])
    if "trace_id" in line:
        about["contexts"] = {"trace": {"trace_id": line["trace_id"], "span_id": line["span_id"]}}
    return about


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it."""
    each: BaseException | None = error
    for _ in range(_DEEPEST):
        if each is None:
            return
        yield each
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)


def _told(error: BaseException, options: dict[str, Any]) -> dict[str, Any]:
    mechanism = {"type": "logging", "handled": True}
    told = single_exception_from_error_tuple(type(error), error, error.__traceback__, options, mechanism)
    told["value"] = tell(error).partition(": ")[2]
    return told
