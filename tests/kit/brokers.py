"""What tests ask a broker, whichever it is: how much waits, who listens; and what they do to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import amqp
import redis as redis_client
from kombu.utils.url import parse_url

from config.settings.queues import QUEUES


class RedisBroker:
    """A database of a Redis."""

    def __init__(self, url: str) -> None:
        self._redis = redis_client.Redis.from_url(url)

    def close(self) -> None:
        """Let go of it."""
        self._redis.close()

    def queue_length(self, queue: str) -> int:
        """Return how many messages wait."""
        return int(self._redis.llen(queue))

    def put(self, queue: str, message: bytes) -> None:
        """Put anything at all where messages are kept."""
        self._redis.lpush(queue, message)

    def has_missed(self, living: int) -> bool:
        """Return whether it knows that only so many live; it need not, for it counts its clients."""
        return True

    def newcomer(self, living: int) -> Callable[[], bool]:
        """Return what tells whether somebody listens who came after this call."""
        earlier = self._redis.client_id()

        def listens() -> bool:
            clients = self._redis.client_list()
            return any(int(client["id"]) > earlier and client["cmd"] == "brpop" for client in clients)

        return listens


class AmqpBroker:
    """A RabbitMQ, through one connection."""

    def __init__(self, url: str) -> None:
        said = parse_url(url)
        self._connection = amqp.Connection(
            f"{said['hostname']}:{said['port']}",
            userid=said["userid"],
            password=said["password"],
            virtual_host=said["virtual_host"] or "/",
        )
        self._connection.connect()

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def queue_length(self, queue: str) -> int:
        """Return how many messages wait; none where nobody has declared the queue."""
        return self._look(queue)[0]

    def put(self, queue: str, message: bytes) -> None:
        """Put anything at all where messages are kept."""
        with closing(self._connection.channel()) as channel:
            channel.basic_publish(amqp.Message(message), routing_key=queue)

    def has_missed(self, living: int) -> bool:
        """Return whether it knows that only so many live; it hears of a death a moment later."""
        return self._listeners() == {living}

    def newcomer(self, living: int) -> Callable[[], bool]:
        """Return what tells whether one more listens."""
        return lambda: self._listeners() == {living + 1}

    def _listeners(self) -> set[int]:
        return {self._look(queue)[1] for queue in QUEUES}

    def _look(self, queue: str) -> tuple[int, int]:
        with closing(self._connection.channel()) as channel:
            try:
                found = channel.queue_declare(queue, passive=True)
            except amqp.NotFound:
                return 0, 0
            return found.message_count, found.consumer_count  # type: ignore[union-attr]


@contextmanager
def broker_at(url: str) -> Iterator[RedisBroker | AmqpBroker]:
    """Talk to who answers at a URL, for a `with` block."""
    with closing(AmqpBroker(url) if url.startswith("amqp") else RedisBroker(url)) as broker:
        yield broker
