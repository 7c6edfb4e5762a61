"""How many statements and Redis trips a request makes, counted in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connections
from django.test import Client

from benchmarks.requests import Request
from benchmarks.results import RoundTrips
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


def hear(lines: list[bytes]) -> list[list[tuple[str, list[tuple[str, Any]]]]]:
    """Return what each request asks, by database; all must answer 200."""
    client, heard = Client(), []
    for line in lines:
        statements: dict[str, list[tuple[str, Any]]] = {}
        with count_queries(), hearing(statements):
            _send(client, line, 200)
        heard.append(list(statements.items()))
    return heard


@contextmanager
def hearing(statements: dict[str, list[tuple[str, Any]]]) -> Iterator[None]:
    """Note what this thread asks of each database."""

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.setdefault(context["connection"].alias, []).append((sql, params))
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(listen))
        yield


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
