"""How many statements and Redis trips a request makes, counted in this process."""

from __future__ import annotations

from django.test import Client

from benchmarks.results import RoundTrips
from benchmarks.rows import Request
from benchmarks.world import World
from modules.kernel.redis.client import count_trips
from sharding.testing import count_queries

SAMPLES = 20


def count(row: Request, world: World) -> RoundTrips:
    """Return the mean of a few requests of a row, after one that warms this process."""
    row.prepare(world)
    lines = row.banyan(world)[: SAMPLES + 1]
    client = Client()
    _send(client, lines[0], row.status)
    asked = lines[1:] or lines * SAMPLES
    with count_queries() as queries, count_trips() as trips:
        for line in asked:
            _send(client, line, row.status)
    return RoundTrips(queries.total / len(asked), trips.trips / len(asked))


def _send(client: Client, line: bytes, status: int) -> None:
    """Send to the application in this process what the driver would send over the wire."""
    head, _, body = line.decode().partition("\r\n\r\n")
    first, *rest = head.split("\r\n")
    method, path, _ = first.split(" ")
    headers = dict(header.split(": ", 1) for header in rest)
    headers.pop("Content-Length", None)
    answer = client.generic(
        method, path, body, content_type=headers.pop("Content-Type", "application/json"), headers=headers
    )
    assert answer.status_code == status, f"{first}: {answer.status_code} {answer.content!r}"
