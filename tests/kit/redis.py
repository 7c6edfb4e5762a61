"""Redis as this process sees it: gone, or met anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from modules.kernel.redis import client


@contextmanager
def redis_away(settings: Any) -> Iterator[None]:
    """Send the clients of every purpose to a port where nobody listens, and back."""
    before = settings.REDIS
    settings.REDIS = dict.fromkeys(client.PURPOSES, client.RedisSettings(url="redis://127.0.0.1:1/0"))
    reconnect()
    try:
        yield
    finally:
        settings.REDIS = before
        reconnect()


def reconnect() -> None:
    """Take new clients, whose breakers know of no outage."""
    for purpose in client.PURPOSES:
        client.redis(purpose).close()
    client.forget_clients()
