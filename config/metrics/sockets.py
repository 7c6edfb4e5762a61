"""What the process that holds sockets tells: how many, what goes out, and how they end."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from config.metrics import exposing
from modules.realtime.services import process
from modules.realtime.services.registry import registry


def start() -> None:
    """Tell from here on."""
    told = CollectorRegistry()
    told.register(Told())
    exposing.serve(exposing.REALTIME, told)


class Told(Collector):
    """What a process has counted anyway."""

    def collect(self) -> Iterator[Metric]:
        """Return it as of now."""
        yield GaugeMetricFamily("banyan_sockets", "Sockets that are open.", value=len(registry))
        yield CounterMetricFamily("banyan_socket_frames", "Frames sent.", value=registry.frames)
        closed = CounterMetricFamily("banyan_sockets_closed", "Sockets closed by us.", labels=["code"])
        for code, times in list(registry.closed.items()):
            closed.add_metric([str(code)], times)
        yield closed
        hears = GaugeMetricFamily("banyan_listening", "Whether a Redis is heard.", labels=["server"])
        for server, is_heard in process.layer().list_heard():
            hears.add_metric([server], is_heard)
        yield hears

    def describe(self) -> Iterator[Metric]:
        """Name nothing in advance: the registry would look to find out."""
        return iter(())
