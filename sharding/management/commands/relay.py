"""`manage.py relay`: relay the outboxes of every instance and of the directory."""

from __future__ import annotations

import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string
from kombu.exceptions import ChannelError

from sharding import direct
from sharding.conf import relay_settings, settings
from sharding.delivery.consumer import Delivery
from sharding.delivery.relay import Relay

LONGEST_QUEUE = 10_000
LOOK_AGAIN_S = 1.0

# When each queue was looked at, and whether it was full then.
_looked: dict[str, tuple[float, bool]] = {}


class Command(BaseCommand):
    """Relay recorded events to their subscribers until stopped; several may run, one leads an instance."""

    help = "Relay recorded events of every instance and of the directory to their subscribers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--instance", action="append", help="only this alias (may be repeated)")

    def handle(self, *args: Any, instance: list[str] | None, **options: Any) -> None:
        aliases = instance or ["default", *settings().instances]
        unknown = set(aliases) - {"default", *settings().instances}
        if unknown:
            raise CommandError(f"No such instance: {', '.join(sorted(unknown))}. See `manage.py shards map`.")
        direct.bypass_pooler()
        current_app.loader.import_default_modules()
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        relays = [Relay(alias, send_by_celery, relay_settings()) for alias in aliases]
        threads = [
            threading.Thread(target=relay.run, args=[stop], name=f"relay-{relay.alias}") for relay in relays
        ]
        for thread in threads:
            thread.start()
        for path in relay_settings().companions:
            import_string(path)(relays, stop)
        self.stdout.write(f"Relaying {', '.join(aliases)}.")
        self.stdout.flush()
        for thread in threads:
            thread.join()
        refusals = [str(relay.refusal) for relay in relays if relay.refusal]
        if refusals:
            raise CommandError("\n".join(refusals))


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
