"""Now, and again by the event: quiet at once, for certain later."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from modules.kernel import derived as facts
from modules.kernel.derived import derived
from modules.kernel.redis.client import RedisUnavailable
from modules.kernel.redis.servers import redis
from sharding import outages


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A number was raised."""

    name: ClassVar[str] = "tests.raised.v1"

    number: int


@pytest.fixture
def note(monkeypatch):
    """A fact that is not registered beyond this test."""
    monkeypatch.setattr(facts, "FACTS", [])

    @derived(Raised)
    def note(number: int, *, by: str = "nobody") -> None:
        """Note a number."""
        redis("a").run(("SET", "test:noted", f"{number} by {by}"))

    return note


def noted() -> list[bytes | None]:
    return redis("a").run(("GET", "test:noted"))


class TestNow:
    def test_brings_the_fact_about(self, redis, note):
        note.now(3, by="ada")

        assert noted() == [b"3 by ada"]

    def test_is_quiet_without_redis_and_notes_the_outage(self, no_redis, note, monkeypatch):
        monkeypatch.setattr(outages, "_away", {})

        note.now(3)

        assert list(outages._away) == [RedisUnavailable.server]

    def test_hides_no_other_failure(self, redis, monkeypatch):
        monkeypatch.setattr(facts, "FACTS", [])

        @derived(Raised)
        def fail() -> None:
            raise ValueError

        with pytest.raises(ValueError):  # noqa: PT011 - it is the one raised above
            fail.now()


class TestCall:
    def test_brings_the_fact_about_for_certain(self, redis, note):
        note(4)

        assert noted() == [b"4 by nobody"]

    def test_waits_for_redis(self, no_redis, note):
        with pytest.raises(RedisUnavailable):
            note(4)


class TestDerived:
    def test_knows_its_events_and_context(self, note):
        assert (note.name, note.context, note.events) == ("note", "kernel", (Raised,))
        assert [note] == facts.FACTS

    def test_needs_an_event(self):
        with pytest.raises(TypeError, match="events"):
            derived()
