"""What was measured: samples of each row and of its floor, and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.cpu import Used
from benchmarks.driver import Outcome

US = 1e6


@dataclass(frozen=True, slots=True)
class Sample:
    """One round of one row: CPU in µs for each unit (a request, or a delivery), and how long it took."""

    units: int
    per_second: float
    server_us: float
    redis_us: float
    postgres_us: float
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    body_bytes: float = 0.0
    failures: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of_load(cls, outcome: Outcome, used: Used) -> Sample:
        """Return the sample of a load that was put on a server."""
        units = max(outcome.count, 1)
        latencies = sorted(outcome.latencies_ns) or [0]
        return cls(
            units=outcome.count,
            per_second=outcome.count / outcome.seconds,
            server_us=used.server / units * US,
            redis_us=used.redis / units * US,
            postgres_us=used.postgres / units * US,
            p50_ms=latencies[len(latencies) // 2] / 1e6,
            p99_ms=latencies[len(latencies) * 99 // 100] / 1e6,
            body_bytes=outcome.body_bytes / units,
            failures=dict(outcome.failures),
        )


@dataclass(frozen=True, slots=True)
class RoundTrips:
    """What one request asks of others; BEGIN and COMMIT are not among the statements."""

    statements: float
    redis: float


@dataclass(slots=True)
class Row:
    """A line of the table; without samples of a floor it is compared with nothing."""

    name: str
    title: str
    floor_title: str = ""
    unit: str = "request"
    samples: list[Sample] = field(default_factory=list)
    floor: list[Sample] = field(default_factory=list)
    trips: RoundTrips | None = None

    @property
    def failures(self) -> dict[str, int]:
        """What went wrong, in the row itself and in its floor; any of it fails the row."""
        total: Counter[str] = Counter()
        for sample in [*self.samples, *self.floor]:
            total.update(sample.failures)
        return dict(total)

    @property
    def ratio(self) -> float | None:
        """The median CPU of the process under measure, against that of its floor."""
        floor = of_rounds(self.floor, lambda sample: sample.server_us).middle
        return of_rounds(self.samples, lambda sample: sample.server_us).middle / floor if floor else None

    def as_json(self) -> dict[str, Any]:
        """Return everything that was measured, every round of it."""
        return {
            "name": self.name,
            "title": self.title,
            "floor_title": self.floor_title,
            "unit": self.unit,
            "ratio_of_medians": round(self.ratio, 3) if self.ratio else None,
            "statements": self.trips.statements if self.trips else None,
            "redis_trips": self.trips.redis if self.trips else None,
            "failures": self.failures,
            "rounds": [_plain(sample) for sample in self.samples],
            "floor_rounds": [_plain(sample) for sample in self.floor],
        }


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of the rounds, with the least and the most."""

    middle: float
    least: float
    most: float


def of_rounds(samples: list[Sample], value: Callable[[Sample], float]) -> Spread:
    """Return the spread of one figure; of no samples, zeros."""
    values = [value(sample) for sample in samples] or [0.0]
    return Spread(median(values), min(values), max(values))


def _plain(sample: Sample) -> dict[str, Any]:
    names = [name for name in Sample.__slots__ if name != "failures"]
    return {name: round(getattr(sample, name), 3) for name in names}
