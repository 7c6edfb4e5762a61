"""What a line of a log says of its trace."""

from typing import Any

from opentelemetry.trace import get_current_span


def add_trace_id(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Name the trace to be looked at, if this is of one; a processor of structlog."""
    span = get_current_span()
    if span.is_recording():
        context = span.get_span_context()
        event["trace_id"], event["span_id"] = f"{context.trace_id:032x}", f"{context.span_id:016x}"
    return event
