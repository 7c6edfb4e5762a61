"""
The same figures by OTLP, for who has a collector: pushed by the process that Prometheus would ask.

There is one set of instruments, so a request costs no more than with Prometheus alone. The standard's own
variables say the rest (OTEL_METRIC_EXPORT_INTERVAL, OTEL_EXPORTER_OTLP_METRICS_HEADERS and their like).
"""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from django.core.exceptions import ImproperlyConfigured
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import export
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric, Sample

from config import env as environment
from config.tracing import resource
from sharding import outages

_INTERVAL = "OTEL_METRIC_EXPORT_INTERVAL"
_BEGAN = time.time_ns()
_CUMULATIVE = export.AggregationTemporality.CUMULATIVE


def start(service: str, registry: CollectorRegistry) -> None:
    """
    Push what a registry holds, once a minute unless the standard's variable says otherwise, in a thread.

    :raises ImproperlyConfigured: if what it says is no number of milliseconds
    """
    arguments = [service, registry, _interval_s()]
    threading.Thread(target=_keep_pushing, args=arguments, name="push", daemon=True).start()


def _interval_s() -> float:
    said = os.environ.get(_INTERVAL) or "60000"
    if not said.isascii() or not said.isdigit() or not int(said):
        raise ImproperlyConfigured(
            f"{_INTERVAL} is {said!r}; it is a whole number of milliseconds, such as 60000."
        )
    return int(said) / 1000


def _keep_pushing(service: str, registry: CollectorRegistry, interval_s: float) -> None:
    endpoint = environment.load().otlp_endpoint
    exporter = OTLPMetricExporter(
        endpoint=f"{endpoint}/v1/metrics", timeout=resource.EXPORT_S, compression=Compression.Gzip
    )
    about, scope = resource.of_service(service), InstrumentationScope("banyan")
    while True:
        time.sleep(interval_s)
        metrics = [metric for family in registry.collect() for metric in _translate(family)]
        scoped = export.ScopeMetrics(scope, metrics, "")
        result = exporter.export(export.MetricsData([export.ResourceMetrics(about, [scoped], "")]))
        if result is export.MetricExportResult.SUCCESS:
            outages.over(resource.COLLECTOR)
        else:
            outages.met(resource.COLLECTOR, resource.NotTaken())


def _translate(family: Metric) -> Iterator[export.Metric]:
    """Yield what OTLP calls the samples of a family: under the names that Prometheus has for them."""
    samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
    if family.type == "histogram":
        yield export.Metric(family.name, family.documentation, family.unit, _histogram(family.name, samples))
        return
    for name, named in groupby(samples, lambda sample: sample.name):
        points = [_number(sample) for sample in named]
        data: export.Sum | export.Gauge = (
            export.Sum(points, _CUMULATIVE, is_monotonic=True)
            if family.type == "counter"
            else export.Gauge(points)
        )
        yield export.Metric(name, family.documentation, family.unit, data)


def _number(sample: Sample) -> export.NumberDataPoint:
    return export.NumberDataPoint(sample.labels, _BEGAN, time.time_ns(), sample.value)


def _histogram(name: str, samples: Sequence[Sample]) -> export.Histogram:
    """Return a point for each set of labels: Prometheus counts what is below a bound, OTLP between two."""
    found: dict[frozenset[tuple[str, str]], dict[str, float]] = {}
    for sample in samples:
        labels = dict(sample.labels)
        key = labels.pop("le", sample.name.removeprefix(name))
        found.setdefault(frozenset(labels.items()), {})[key] = sample.value
    return export.Histogram([_point(dict(labels), each) for labels, each in found.items()], _CUMULATIVE)


def _point(labels: dict[str, str], found: dict[str, float]) -> export.HistogramDataPoint:
    total = found.pop("_sum", 0.0)
    count = int(found.pop("_count", found["+Inf"]))
    below = sorted((float(bound), int(value)) for bound, value in found.items())
    return export.HistogramDataPoint(
        attributes=labels,
        start_time_unix_nano=_BEGAN,
        time_unix_nano=time.time_ns(),
        count=count,
        sum=total,
        bucket_counts=[upper - lower for (_, lower), (_, upper) in pairwise([(0.0, 0), *below])],
        explicit_bounds=[bound for bound, _ in below[:-1]],
        # Prometheus keeps neither, and the protocol has a place for that.
        min=None,  # type: ignore[arg-type]
        max=None,  # type: ignore[arg-type]
    )
