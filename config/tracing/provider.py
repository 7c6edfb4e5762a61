"""
What sends spans: one for each process, begun after the fork, for its thread would not survive that.

Spans wait in memory, at most 2,048 of them; what is more, or what the collector does not take, is lost and
keeps nobody waiting. The standard's own variables say the rest (OTEL_EXPORTER_OTLP_HEADERS and its like).
"""

import threading
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan, SynchronousMultiSpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from config import env as environment
from config.tracing import proxy, resource, spans
from sharding import outages

# A process that ends waits no longer for a collector that does not answer.
_LAST_S = 2.0

_running: list[TracerProvider] = []


class _Exporter(OTLPSpanExporter):
    """The library's, which tells of an outage as everything else here does: once."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = super().export(spans)
        if result is SpanExportResult.SUCCESS:
            outages.over(resource.COLLECTOR)
        else:
            outages.met(resource.COLLECTOR, resource.NotTaken())
        return result


def start(service: str) -> None:
    """Send the spans of this process, under the name of a service."""
    env = environment.load()
    exporter = _Exporter(
        endpoint=f"{env.otlp_endpoint}/v1/traces", timeout=resource.EXPORT_S, compression=Compression.Gzip
    )
    processor = SynchronousMultiSpanProcessor()  # type: ignore[no-untyped-call]
    processor.add_span_processor(BatchSpanProcessor(exporter))
    sampler = ParentBased(TraceIdRatioBased(env.trace_ratio))
    provider = TracerProvider(
        sampler, resource.of_service(service), shutdown_on_exit=False, active_span_processor=processor
    )
    spans.use(provider.get_tracer("banyan"))
    proxies = TracerProvider(
        sampler,
        resource.of_service("nginx"),
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
