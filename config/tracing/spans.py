"""
Spans: how they begin, how they end, and how their context is written down (W3C Trace Context).

No span holds what an exception says, for that repeats what people sent: its kind, and of its message what the
logs may have too.
"""

from collections.abc import Mapping, Sequence
from contextvars import Token
from types import TracebackType

from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    NoOpTracer,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from modules.kernel.errors import Refusal
from sharding.errors import AlreadyDone
from sharding.outbox import TRACEPARENT
from sharding.tracebacks import tell

Attributes = Mapping[str, str | int | float | bool]

# What ends a block and is no fault of it.
_ORDINARY = (AlreadyDone, Refusal)
# Who is told this neither records nor begins a trace of their own.
UNSAMPLED = NonRecordingSpan(SpanContext(1, 1, is_remote=False))

_propagator = TraceContextTextMapPropagator()
_tracers: list[Tracer] = [NoOpTracer()]


def use(tracer: Tracer) -> None:
    """Have this tracer make all spans from here on."""
    _tracers[0] = tracer


def start(
    name: str,
    kind: SpanKind,
    attributes: Attributes | None = None,
    *,
    within: Context | None = None,
    links: Sequence[Link] = (),
) -> Span:
    """Start a span that its caller ends, below another, or else below the current one."""
    return _tracers[0].start_span(name, within, kind, attributes, links)


class Spanning:
    """A block that is a span."""

    __slots__ = ("_token", "span")

    def __init__(
        self,
        name: str,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes | None = None,
        *,
        within: Context | None = None,
        links: Sequence[Link] = (),
    ) -> None:
        """Start it; it is the current one while the block runs."""
        self.span = start(name, kind, attributes, within=within, links=links)
        self._token: Token[Context] | None = None

    def __enter__(self) -> Span:
        """Make it the current one."""
        self._token = attach(set_span_in_context(self.span))
        return self.span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End it; note how the block ended."""
        assert self._token is not None
        detach(self._token)
        if error is not None:
            fail(self.span, error)
        self.span.end()


def fail(span: Span, error: BaseException) -> None:
    """Note on a span which error ended it."""
    if not span.is_recording():
        return
    span.set_attribute("error.type", type(error).__qualname__)
    if not isinstance(error, _ORDINARY):
        span.set_status(Status(StatusCode.ERROR, tell(error)))


def is_recording() -> bool:
    """Return whether anybody will see what is noted now."""
    return get_current_span().is_recording()


def write_down(span: Span) -> str:
    """Return the context of a span as a `traceparent`."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier, set_span_in_context(span))
    return carrier.get(TRACEPARENT, "")


def read(traceparent: str | None) -> Context:
    """Return the context that a `traceparent` tells of; one without a span, if it tells of none."""
    return _propagator.extract({TRACEPARENT: traceparent or ""}, Context())
