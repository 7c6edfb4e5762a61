"""Sending deliveries to workers through Celery, but for those whose queue is long enough."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from celery import current_app
from kombu.exceptions import ChannelError

from sharding.delivery.consumer import Delivery

LONGEST_QUEUE = 10_000
LOOK_AGAIN_S = 1.0

# When each queue was looked at, and whether it was full then.
_looked: dict[str, tuple[float, bool]] = {}


def send_by_celery(subscriber: str, queue: str, alias: str, deliveries: list[Delivery]) -> None:
    """
    Send one message to the subscriber's task; raises what the broker's client raises.

    Where more wait than a queue should hold, none is added: workers are away or busy, and each lease that
    runs out meanwhile would add the same again. It runs out once more, and is looked at then.
    """
    if _is_full(queue):
        return
    current_app.send_task(subscriber, args=[alias, deliveries], queue=queue, retry=False)


def _is_full(queue: str) -> bool:
    """Return whether a queue is longer than it should be, as of a second ago at most."""
    looked_at, was_full = _looked.get(queue, (float("-inf"), False))
    if time.monotonic() - looked_at >= LOOK_AGAIN_S:
        was_full = length_of(queue) >= LONGEST_QUEUE
        _looked[queue] = time.monotonic(), was_full
    return was_full


def length_of(queue: str) -> int:
    """Return how many messages wait in a queue; raises what the broker's client raises."""
    return lengths_of([queue])[queue]


def lengths_of(queues: Iterable[str]) -> dict[str, int]:
    """Return how many messages wait in each queue; raises what the broker's client raises."""
    # Of the broker, whatever the stubs say.
    with current_app.pool.acquire(block=True) as connection:
        # Asking for it connects anew where the connection was lost; the pool hands out closed ones as well.
        connection.default_channel  # type: ignore[attr-defined]  # noqa: B018
        # And one of our own for all of them, which takes 6 ms: RabbitMQ closes a channel that asks for a
        # queue that is not there, and its client opens it again.
        channel = connection.channel()  # type: ignore[operator, misc]
        try:
            return {queue: _length_of(channel, queue) for queue in queues}
        finally:
            channel.close()


def _length_of(channel: Any, queue: str) -> int:
    try:
        length: int = channel.queue_declare(queue, passive=True).message_count
    except ChannelError:  # Redis has no empty lists
        return 0
    return length
