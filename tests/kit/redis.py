"""Redis as this process sees it: gone, or met anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from modules.kernel.redis import servers
from modules.kernel.redis.client import RedisSettings


@contextmanager
def redis_away(settings: Any) -> Iterator[None]:
    """Send every client to a port where nobody listens, and back."""
    before = settings.REDIS
    settings.REDIS = dict.fromkeys(before, RedisSettings(url="redis://127.0.0.1:1/0"))
    reconnect()
    try:
        yield
    finally:
        settings.REDIS = before
        reconnect()


def reconnect() -> None:
    """Take new clients, whose breakers know of no outage."""
    for client in servers.redis_clients():
        client.close()
    servers.forget_clients()
