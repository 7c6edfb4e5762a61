"""
The proxy's part of a trace. nginx names the trace and its own span and records nothing: that is done here.

deploy/nginx sends `Traceparent: 00-<$request_id>-<half of it>-00` and `X-Request-Start: t=<when>`. Without
a span of that name every trace had a parent that nobody has seen.
"""

import re
import threading
import time
from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.http import HttpRequest
from opentelemetry.context import Context
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NoOpTracer, Span, SpanContext, SpanKind, Tracer, get_current_span, use_span

from config.tracing import spans

_STARTED = re.compile(r"t=(\d{1,10})\.(\d{3})")
# Clocks differ, and a request waits no longer than its proxy.
_LONGEST_NS = 60 * 10**9

_given = threading.local()
_tracers: list[Tracer] = [NoOpTracer()]


class GivenIds(RandomIdGenerator):
    """The ids that nginx gave."""

    def generate_trace_id(self) -> int:
        """Return the trace's."""
        return int(_given.context.trace_id)

    def generate_span_id(self) -> int:
        """Return the span's."""
        return int(_given.context.span_id)


def use(tracer: Tracer) -> None:
    """Have this tracer, whose ids are given, make the proxy's spans."""
    _tracers[0] = tracer


def spanning(request: HttpRequest) -> AbstractContextManager[Span | None]:
    """
    Return the block in which a request is answered: the proxy's span is current, or the one it was told of.

    Only a proxy that throws away what clients write is believed: else strangers would choose what is traced.
    """
    told = request.META.get("HTTP_TRACEPARENT") if settings.TRACE_FROM_PROXY else None
    if told is None:
        return nullcontext()
    parent = get_current_span(spans.read(told))
    context = parent.get_span_context()
    if not context.is_valid:
        return nullcontext()
    started = _STARTED.fullmatch(request.META.get("HTTP_X_REQUEST_START", ""))
    if context.trace_flags.sampled or started is None:
        return use_span(parent)  # somebody records it who knows how
    began = int(started[1]) * 10**9 + int(started[2]) * 10**6
    return use_span(
        _start(context, began), end_on_exit=True, record_exception=False, set_status_on_exception=False
    )


def _start(context: SpanContext, began: int) -> Span:
    """Start the span that nginx has named; whether it is sampled is decided here, by the id of its trace."""
    now = time.time_ns()
    _given.context = context
    return _tracers[0].start_span(
        "proxy", Context(), SpanKind.SERVER, start_time=min(max(began, now - _LONGEST_NS), now)
    )
