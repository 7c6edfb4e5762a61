"""A collector and a Sentry of our own, which take what real ones take and keep it."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.kit.stub import LOST, Asked, CannedResponse, Stub, answering


@dataclass(frozen=True, slots=True)
class Span:
    """One span as it came over the wire."""

    service: str
    name: str
    trace_id: str
    id: str
    parent_id: str
    seconds: float
    failed: bool
    attributes: dict[str, Any]
    links: tuple[str, ...]


@dataclass(frozen=True)
class Sinks:
    """Both of them, at one address."""

    stub: Stub

    @property
    def env(self) -> dict[str, str]:
        """Return the variables that have processes tell them everything at once."""
        host = self.stub.url.removeprefix("http://")
        return {
            "BANYAN_OTLP_ENDPOINT": self.stub.url,
            "BANYAN_TRACE_RATIO": "1",
            "BANYAN_SENTRY_DSN": f"http://key@{host}/1",
            "BANYAN_RELEASE": "2026.11",
            "BANYAN_ENVIRONMENT": "tests",
            "OTEL_BSP_SCHEDULE_DELAY": "50",
        }

    @property
    def spans(self) -> list[Span]:
        """Return all spans that came."""
        return [span for asked in self._asked("/v1/traces") for span in _spans_of(_body_of(asked))]

    def trace(self, trace_id: str) -> list[Span]:
        """Return the spans of one trace."""
        return [span for span in self.spans if span.trace_id == trace_id]

    @property
    def events(self) -> list[dict[str, Any]]:
        """Return all events of Sentry that came."""
        return [event for asked in self._asked("/api/1/envelope/") for event in _events_of(_body_of(asked))]

    @property
    def said(self) -> bytes:
        """Return everything that anybody sent, unpacked."""
        with self.stub.lock:
            return b"\n".join(_body_of(asked) for asked in self.stub.asked)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Take what comes and answer nobody, until the end of the block."""
        goes_on = threading.Event()

        def wait(asked: Asked) -> CannedResponse:
            goes_on.wait(60)
            return LOST

        self.stub.decide = wait
        yield
        self.stub.decide = _take
        goes_on.set()

    def _asked(self, path: str) -> list[Asked]:
        with self.stub.lock:
            return [asked for asked in self.stub.asked if asked.path == path]


@contextmanager
def listening() -> Iterator[Sinks]:
    """Take everything, until the end of the block."""
    with answering() as stub:
        stub.decide = _take
        yield Sinks(stub)


def _take(asked: Asked) -> CannedResponse:
    return 200, {}, b""


def _body_of(asked: Asked) -> bytes:
    is_packed = asked.headers.get("content-encoding") == "gzip"
    return gzip.decompress(asked.body) if is_packed else asked.body


def _spans_of(body: bytes) -> Iterator[Span]:
    for of_process in ExportTraceServiceRequest.FromString(body).resource_spans:
        about = _read(of_process.resource.attributes)
        for scope in of_process.scope_spans:
            for span in scope.spans:
                yield Span(
                    service=about["service.name"],
                    name=span.name,
                    trace_id=span.trace_id.hex(),
                    id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    seconds=(span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
                    failed=span.status.code == 2,
                    attributes=_read(span.attributes),
                    links=tuple(link.trace_id.hex() for link in span.links),
                )


def _read(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "string_value") for pair in pairs}


def _events_of(body: bytes) -> Iterator[dict[str, Any]]:
    lines = iter(body.split(b"\n"))
    next(lines)
    for header in lines:
        if header:
            payload = next(lines)
            if json.loads(header)["type"] == "event":
                yield json.loads(payload)
