"""Commands of a write whose replies nobody needs: sent together at its end, in one round trip."""

from contextvars import ContextVar

from modules.kernel.redis.client import Command, RedisClient
from modules.kernel.redis.several import ask_each
from sharding import outages

_pending: ContextVar[dict[RedisClient, list[Command]] | None] = ContextVar("redis_soon", default=None)


def begin() -> None:
    """Collect from here on, until `flush`; it does not matter whether that ever comes."""
    _pending.set({})


def run_soon(client: RedisClient, *commands: Command) -> None:
    """
    Run commands at the end of this request; elsewhere at once.

    :raises RedisUnavailable: elsewhere, if Redis cannot be told now
    """
    pending = _pending.get()
    if pending is None:
        client.run(*commands)
    else:
        pending.setdefault(client, []).extend(commands)


def flush() -> None:
    """Send what was collected; where Redis is away it is lost, and that is noted."""
    pending = _pending.get()
    if pending is None:
        return
    _pending.set(None)
    for error in ask_each(pending).failures.values():
        outages.met(error.server, error)
