"""Commands of a write whose replies nobody needs: sent together at its end, in one round trip a server."""

from contextvars import ContextVar

from modules.kernel.redis.client import Command, RedisClient, RedisUnavailable, redis
from sharding import outages

_pending: ContextVar[dict[RedisClient, list[Command]] | None] = ContextVar("redis_soon", default=None)


def begin() -> None:
    """Collect from here on, until `flush`; it does not matter whether that ever comes."""
    _pending.set({})


def run_soon(purpose: str, *commands: Command) -> None:
    """
    Run commands at the end of this request; elsewhere at once.

    :raises RedisUnavailable: elsewhere, if Redis cannot be told now
    """
    pending = _pending.get()
    client = redis(purpose)
    if pending is None:
        client.run(*commands)
    else:
        pending.setdefault(client, []).extend(commands)


def flush() -> None:
    """Send what was collected; without Redis it is lost, and that is noted."""
    pending = _pending.get()
    if pending is None:
        return
    _pending.set(None)
    for client, commands in pending.items():
        try:
            client.run(*commands)
        except RedisUnavailable as error:
            outages.met(error.server, error)
