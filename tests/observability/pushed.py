"""What a collector is told of metrics."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import HistogramDataPoint, Metric, NumberDataPoint

from tests.kit.stub import Stub

# Of three processes, each pushing as often as the others.
_KEPT = 12


def metrics_of(collector: Stub) -> dict[tuple[str, str], Metric]:
    """Return what was told last, by service and name."""
    with collector.lock:
        # All that came for minutes would take as long to read.
        del collector.asked[:-_KEPT]
        bodies = [gzip.decompress(each.body) for each in collector.asked if each.path == "/v1/metrics"]
    return {found: metric for body in bodies for found, metric in _read(body)}


def number(metric: Metric, **labels: str) -> float:
    """Return what a counter or gauge with these labels stands at."""
    points = metric.sum.data_points or metric.gauge.data_points
    [found] = [point for point in points if _labels(point) == labels]
    return float(found.as_double)


def histogram(metric: Metric, **labels: str) -> HistogramDataPoint:
    """Return the one point of a histogram with these labels."""
    found: list[HistogramDataPoint] = [
        point for point in metric.histogram.data_points if _labels(point) == labels
    ]
    [point] = found
    return point


def _labels(point: HistogramDataPoint | NumberDataPoint) -> dict[str, str]:
    return {pair.key: pair.value.string_value for pair in point.attributes}


def _read(body: bytes) -> Iterator[tuple[tuple[str, str], Metric]]:
    for of_process in ExportMetricsServiceRequest.FromString(body).resource_metrics:
        [service] = [
            pair.value.string_value for pair in of_process.resource.attributes if pair.key == "service.name"
        ]
        for scope in of_process.scope_metrics:
            for metric in scope.metrics:
                yield (service, metric.name), metric
