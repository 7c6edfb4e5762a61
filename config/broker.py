"""Celery's brokers: Redis, whose worker outlives whatever is put into its lists, and RabbitMQ."""

from queue import Empty
from typing import Any

import structlog
from celery import bootsteps
from celery.worker import consumer

# isort: off
import config.redis_py  # noqa: F401 - before kombu loads it
from kombu.transport import TRANSPORT_ALIASES, pyamqp, redis
# isort: on

from config.settings import queues

# How long RabbitMQ may keep somebody waiting for an answer, in seconds; as long as a Redis may.
ANSWERS_WITHIN = 5.0

log = structlog.get_logger(__name__)


class Channel(redis.Channel):
    """Reads messages, and passes over what is none: kombu would end the worker, and the next, at each."""

    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]  # its stubs lack it
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # It is gone from the list already. A lost notification is sent again by the relay.
            log.warning("broker_message_unreadable", reason=type(error).__name__)
            raise Empty from error


class Transport(redis.Transport):
    """kombu's, with our channel."""

    Channel = Channel


class PatientConnection(pyamqp.Connection):
    """Waits for a frozen RabbitMQ as long as for a dead one; py-amqp would wait for ever."""

    def drain_events(self, timeout: float | None = None) -> Any:
        """Read what comes; nobody who says how long waits for longer than is good."""
        return super().drain_events(ANSWERS_WITHIN if timeout is None else timeout)


class AmqpTransport(pyamqp.Transport):
    """kombu's, with our connection."""

    Connection = PatientConnection


class AmqpsTransport(pyamqp.SSLTransport):
    """The same through TLS."""

    Connection = PatientConnection


class Consumer(consumer.Consumer):
    """
    Celery's, without the dozens of quorum queues that it declares for tasks of a later hour.

    There are none: the outbox knows what is due when.
    """

    class Blueprint(consumer.Consumer.Blueprint):  # type: ignore[misc, valid-type]
        """What a worker starts once it is connected."""

        default_steps = [
            step for step in consumer.Consumer.Blueprint.default_steps if "DelayedDelivery" not in step
        ]


class DeadLetters(bootsteps.StartStopStep):
    """Declares where RabbitMQ puts what no worker survived; nobody consumes it."""

    requires = ("celery.worker.consumer.connection:Connection",)

    def include_if(self, parent: Any) -> bool:
        """Return whether the broker can do that."""
        return bool(parent.app.connection_for_write().transport.driver_type == "amqp")

    def start(self, parent: Any) -> None:
        """Declare it, at each connection anew: a broker may have lost all."""
        queues.DEAD(parent.connection.default_channel).declare()


def install() -> None:
    """Have URLs lead here."""
    ours = {"redis": "Transport", "rediss": "Transport", "amqp": "AmqpTransport", "amqps": "AmqpsTransport"}
    TRANSPORT_ALIASES.update({scheme: f"config.broker:{name}" for scheme, name in ours.items()})
