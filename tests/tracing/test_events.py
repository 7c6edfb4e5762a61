"""Which lines of a log become events for Sentry, without a Sentry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from config.sentry import report
from modules.kernel.redis.wire import RedisUnavailable
from sharding.errors import InstanceUnavailable


class Kept(Transport):
    """Where a client sends to: nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[str] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        event: Any = envelope.get_event()
        self.kinds.append(event["exception"]["values"][-1]["type"])


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """The kinds of errors of which events were sent."""
    kept = Kept()
    client = sentry_sdk.Client(dsn="https://key@sentry.example/1", transport=kept, default_integrations=False)
    with sentry_sdk.new_scope() as scope:
        scope.set_client(client)
        yield kept.kinds


def log(error: Exception, event: str = "failed") -> None:
    report(None, "error", {"event": event, "exc_info": error})


class TestEvent:
    def test_is_sent_of_a_bug(self, sent):
        log(ZeroDivisionError())

        assert sent == ["ZeroDivisionError"]

    def test_is_not_sent_of_a_server_that_is_away(self, sent):
        for outage in (InstanceUnavailable("a"), InstanceUnavailable("default"), RedisUnavailable()):
            log(outage)

        assert sent == []
