"""
What sends spans: one for each process, begun after the fork, for its thread would not survive that.

Spans wait in memory, at most 2,048 of them; what is more, or what the collector does not take, is lost and
keeps nobody waiting. The standard's own variables say the rest (OTEL_EXPORTER_OTLP_HEADERS and its like).
"""

import os
import socket
import threading
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SynchronousMultiSpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from config import env as environment
from config.tracing import proxy, spans
from sharding import outages

COLLECTOR = "collector"
_EXPORT_S = 3.0
# A process that ends waits no longer for a collector that does not answer.
_LAST_S = 2.0

_running: list[TracerProvider] = []


class NotTaken(Exception):
    """The collector did not take spans; they are lost."""


class _Exporter(OTLPSpanExporter):
    """The library's, which tells of an outage as everything else here does: once."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = super().export(spans)
        if result is SpanExportResult.SUCCESS:
            outages.over(COLLECTOR)
        else:
            outages.met(COLLECTOR, NotTaken())
        return result


def start(service: str) -> None:
    """Send the spans of this process, under the name of a service."""
    env = environment.load()
    exporter = _Exporter(
        endpoint=f"{env.otlp_endpoint}/v1/traces", timeout=_EXPORT_S, compression=Compression.Gzip
    )
    processor = SynchronousMultiSpanProcessor()  # type: ignore[no-untyped-call]
    processor.add_span_processor(BatchSpanProcessor(exporter))
    sampler = ParentBased(TraceIdRatioBased(env.trace_ratio))
    provider = TracerProvider(
        sampler, _resource(env, service), shutdown_on_exit=False, active_span_processor=processor
    )
    spans.use(provider.get_tracer("banyan"))
    proxies = TracerProvider(
        sampler,
        _resource(env, "nginx"),
        shutdown_on_exit=False,
        active_span_processor=processor,
        id_generator=proxy.GivenIds(),
    )
    proxy.use(proxies.get_tracer("banyan"))
    _running.append(provider)


def stop() -> None:
    """Send what waits, within two seconds."""
    for provider in _running:
        # The library's own way waits thirty.
        last = threading.Thread(target=provider.shutdown, daemon=True)
        last.start()
        last.join(_LAST_S)
    _running.clear()


def _resource(env: environment.Env, service: str) -> Resource:
    """Return what all spans of a process have in common."""
    about = {
        "service.namespace": "banyan",
        "service.name": f"banyan-{service}",
        "service.version": env.release,
        "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
        "deployment.environment.name": env.environment,
    }
    return Resource.create({name: value for name, value in about.items() if value})
