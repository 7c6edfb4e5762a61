"""
What only databases and the broker know, told by the relay: it is one process, and at home with backlogs.

A thread looks every few seconds, and a scrape is told what was found last: it never waits for a database,
and however often somebody asks, the databases are asked as often.
"""

import threading
import time
from collections.abc import Iterator, Sequence

import structlog
from django.conf import settings
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from config.metrics import exposing
from config.settings.queues import QUEUES
from sharding import outages, replicas
from sharding.delivery import backlog
from sharding.delivery.relay import Relay
from sharding.delivery.sending import lengths_of

LOOK_S = 5.0
# As long as `manage.py outbox status` bears; what to wake up for is said by the alerts.
_MAX_AGE_S = 60.0

log = structlog.get_logger(__name__)


def start(relays: Sequence[Relay], stop: threading.Event) -> None:
    """Look and tell until the relays are stopped."""
    registry = CollectorRegistry()
    told = Told(relays)
    registry.register(told)
    threading.Thread(target=_keep_looking, args=[told, stop], name="metrics", daemon=True).start()
    exposing.serve(exposing.RELAY, registry)


def _keep_looking(told: "Told", stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            told.look()
        except Exception:
            # The age of what is told grows, and there is an alert on that.
            log.exception("metrics_look_failed")
        stop.wait(LOOK_S)


class Told(Collector):
    """What was found last."""

    def __init__(self, relays: Sequence[Relay]) -> None:
        """Know nothing yet."""
        self._relays = relays
        self._found: list[Metric] = []

    def look(self) -> None:
        """Ask every database and the broker."""
        self._found = [*_outboxes(), *_replicas(), _queues(), _gauge("looked_timestamp_seconds", time.time())]

    def collect(self) -> Iterator[Metric]:
        """Return what was found last, and which relays of this process lead at this moment."""
        yield from self._found
        leads = {outages.name_of(relay.alias): relay.leads for relay in self._relays}
        yield _gauges("relay_leads", "database", leads)

    def describe(self) -> Iterator[Metric]:
        """Name nothing in advance: the registry would look to find out."""
        return iter(())


def _outboxes() -> Iterator[Metric]:
    entries = backlog.list_backlogs(max_age_s=_MAX_AGE_S)
    known = {entry["instance"]: entry for entry in entries if "error" not in entry}
    yield _gauges("database_up", "database", {entry["instance"]: "error" not in entry for entry in entries})
    for name, key in (
        ("recorded", "recorded"),
        ("oldest_seconds", "oldest_seconds"),
        ("waiting", "waiting"),
        ("dead", "dead"),
    ):
        yield _gauges(
            f"outbox_{name}", "database", {database: entry[key] for database, entry in known.items()}
        )
    has_leader = {database: entry["leader"] is not None for database, entry in known.items()}
    yield _gauges("outbox_has_leader", "database", has_leader)
    for key in ("waiting", "dead", "oldest_seconds"):
        family = GaugeMetricFamily(
            f"banyan_subscriber_{key}", _MEANINGS[f"subscriber_{key}"], labels=["database", "subscriber"]
        )
        for database, entry in known.items():
            for each in entry["subscribers"]:
                family.add_metric([database, each["subscriber"]], each[key])
        yield family


def _replicas() -> Iterator[Metric]:
    lags: dict[str, float] = {}
    for instance, its in settings.SHARDING.replicas.items():
        if its:
            replicas.look(instance)
        lags |= {replica: lag for replica in its if (lag := replicas.lag_s(replica)) is not None}
    yield _gauges("replica_lag_seconds", "database", lags)


def _queues() -> Metric:
    return _gauges("queue_messages", "queue", lengths_of(QUEUES))


_MEANINGS = {
    "database_up": "Whether the relay could ask a database.",
    "outbox_recorded": "Events of which no deliveries are made yet.",
    "outbox_waiting": "Deliveries that are not done, dead ones apart.",
    "outbox_dead": "Deliveries that failed too often.",
    "outbox_oldest_seconds": "How long the oldest has waited.",
    "outbox_has_leader": "Whether some relay leads.",
    "subscriber_waiting": "Deliveries of a subscriber that are not done.",
    "subscriber_dead": "Deliveries of a subscriber that failed too often.",
    "subscriber_oldest_seconds": "How long a subscriber's oldest delivery has waited.",
    "relay_leads": "Whether this process relays.",
    "replica_lag_seconds": "How long ago the primary was where its replica is.",
    "queue_messages": "Messages that wait at the broker.",
    "looked_timestamp_seconds": "When all this was found.",
}


def _gauges(name: str, label: str, values: "dict[str, int] | dict[str, float] | dict[str, bool]") -> Metric:
    family = GaugeMetricFamily(f"banyan_{name}", _MEANINGS[name], labels=[label])
    for labelled, value in values.items():
        family.add_metric([labelled], float(value))
    return family


def _gauge(name: str, value: float) -> Metric:
    return GaugeMetricFamily(f"banyan_{name}", _MEANINGS[name], value=value)
