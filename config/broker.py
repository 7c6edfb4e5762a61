"""Redis as Celery's broker, whose worker outlives whatever somebody has put into its lists."""

from queue import Empty
from typing import Any

import structlog
from kombu.transport import TRANSPORT_ALIASES, redis

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


def install() -> None:
    """Have URLs of Redis lead here."""
    TRANSPORT_ALIASES.update(redis="config.broker:Transport", rediss="config.broker:Transport")
