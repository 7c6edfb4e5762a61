"""Which replicas may be read: by what they have replayed, of a real one that is held back and let go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from sharding import freshness, replicas
from sharding.backend import breaker
from sharding.conf import settings as sharding_settings
from sharding.scope import writing_for
from sharding.testing import count_queries
from tests.kit.machines import until
from tests.sharding.app.models import Note
from tests.sharding.people import ADA

pytestmark = pytest.mark.django_db

REPLICA = "a_replica1"


@pytest.fixture
def watched(settings) -> Iterator[None]:
    """As in a process that serves, but that the test itself looks."""
    settings.SHARDING = replace(sharding_settings(), replica_check_s=1.0, replica_lag_s=0.3)
    replicas.forget()
    replicas._watcher = object()  # type: ignore[assignment]  # nobody else starts
    breaker.close_all()
    yield
    replicas.forget()
    breaker.close_all()


@pytest.fixture
def held_back(stack) -> Iterator[None]:
    """The replica receives and does not replay."""
    with stack.paused_replay(REPLICA):
        yield


def write(text: str) -> None:
    with writing_for(ADA):
        Note.objects.create(author_id=ADA, text=text)


def looked_and_may_read() -> bool:
    replicas.look("a")
    return replicas.may_read(REPLICA)


def looked_and_may_not() -> bool:
    return not looked_and_may_read()


def aliases_of_a_strangers_read() -> set[str]:
    freshness.begin()
    freshness.forget_replicas()
    with count_queries() as queries:
        list(Note.objects.of(ADA))
    return set(queries.by_alias)


class TestMayRead:
    def test_says_no_until_something_is_known(self, watched):
        assert not replicas.may_read(REPLICA)
        assert aliases_of_a_strangers_read() == {"a"}

    def test_says_yes_where_nobody_watches(self):
        assert replicas.may_read(REPLICA)

    def test_says_yes_of_one_that_follows_its_primary_and_goes_on_behind_an_idle_one(self, watched):
        write("one")

        until(looked_and_may_read)

        assert aliases_of_a_strangers_read() == {REPLICA}
        assert all(looked_and_may_read() for _ in range(5))

    def test_says_no_of_one_that_stands_still_and_yes_once_it_has_caught_up(self, watched, stack):
        until(looked_and_may_read)
        with capture_logs() as lines:
            with stack.paused_replay(REPLICA):
                write("while it stands still")
                until(looked_and_may_not)
                assert aliases_of_a_strangers_read() == {"a"}

            until(looked_and_may_read)

        assert aliases_of_a_strangers_read() == {REPLICA}
        assert [(line["event"], line["instance"]) for line in lines] == [
            ("replica_stands_still", REPLICA),
            ("replica_caught_up", REPLICA),
        ]

    def test_says_no_of_one_that_does_not_answer(self, watched, stack):
        until(looked_and_may_read)
        stack.freeze(REPLICA)

        until(looked_and_may_not)
        stack.thaw(REPLICA)

        until(looked_and_may_read)

    def test_says_yes_while_the_primary_is_away(self, watched, stack):
        write("before")
        until(looked_and_may_read)
        stack.kill("a")

        assert all(looked_and_may_read() for _ in range(3))
        assert aliases_of_a_strangers_read() == {REPLICA}

    def test_says_no_of_one_that_stood_still_before_its_primary_went_away(self, watched, stack, held_back):
        write("not replayed")
        until(looked_and_may_not)
        stack.kill("a")

        assert all(looked_and_may_not() for _ in range(3))
