"""Reading one's own writes from a real streaming replica, held back and let go."""

from collections.abc import Iterator

import pytest
from django.db import connections

from sharding import freshness
from sharding.errors import InstanceUnavailable
from sharding.freshness import LsnMark
from sharding.scope import writing_for
from sharding.testing import count_queries
from tests.kit.machines import until
from tests.sharding.app.models import Note
from tests.sharding.calls import texts
from tests.sharding.people import ADA, FAY

pytestmark = pytest.mark.django_db


def ask_replica(statement: str) -> object:
    with connections["a_replica1"].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


@pytest.fixture
def held_back(stack) -> Iterator[None]:
    """The replica receives and does not replay."""
    with stack.paused_replay("a_replica1"):
        until(lambda: ask_replica("SELECT pg_get_wal_replay_pause_state()") == "paused")
        yield


def write(text: str) -> None:
    with writing_for(ADA):
        Note.objects.create(author_id=ADA, text=text)


class TestReading:
    def test_takes_the_replica_for_a_caller_who_wrote_nothing(self):
        with count_queries() as queries:
            list(Note.objects.of(ADA))

        assert queries.by_alias == {"a_replica1": 1}

    def test_takes_the_primary_of_an_instance_without_replicas(self):
        with count_queries() as queries:
            list(Note.objects.of(FAY))

        assert queries.by_alias == {"b": 1}

    def test_takes_the_replica_for_a_writer_once_it_has_caught_up(self):
        write("mine")
        lsn = freshness.marks()["a"].lsn
        until(lambda: ask_replica(f"SELECT pg_last_wal_replay_lsn() >= '0/0'::pg_lsn + {lsn}"))

        with count_queries() as first:
            found = texts(Note.objects.of(ADA))
        with count_queries() as second:
            texts(Note.objects.of(ADA))

        assert found == ["mine"]
        # What it has replayed is asked once, and known from then on.
        assert (first.by_alias, second.by_alias) == ({"a_replica1": 2}, {"a_replica1": 1})

    def test_takes_the_primary_for_a_writer_while_the_replica_lags(self, held_back):
        write("mine")

        found = texts(Note.objects.of(ADA))
        with count_queries() as queries:
            again = texts(Note.objects.of(ADA))

        assert found == again == ["mine"]
        # The laggard left the rotation: nobody waits for it again.
        assert queries.by_alias == {"a": 1}

    def test_shows_a_stranger_the_past_while_the_replica_lags(self, held_back):
        write("not yet")
        freshness.begin()
        freshness.forget_replicas()

        assert texts(Note.objects.of(ADA)) == []
        assert texts(Note.objects.of(ADA).on_primary()) == ["not yet"]

    def test_believes_the_marks_that_the_caller_brings(self, held_back):
        write("mine")
        brought = freshness.decode(freshness.encode(freshness.marks()))
        freshness.begin(lambda: brought)

        assert texts(Note.objects.of(ADA)) == ["mine"]

    def test_takes_the_primary_where_a_moved_shard_was_written_elsewhere(self):
        freshness.begin(lambda: {"b": LsnMark(1, 1)})

        assert (freshness.choose("a", epoch=2), freshness.choose("a", epoch=1)) == ("a", "a_replica1")

    def test_takes_the_primary_when_the_replica_is_dead(self, stack):
        list(Note.objects.of(ADA))
        stack.kill("a_replica1")

        found = list(Note.objects.of(ADA))
        with count_queries() as queries:
            list(Note.objects.of(ADA))

        assert found == []
        assert queries.by_alias == {"a": 1}

    def test_names_an_instance_that_is_dead(self, stack):
        stack.kill("b")

        with pytest.raises(InstanceUnavailable) as refusal:
            list(Note.objects.of(FAY))
        assert refusal.value.alias == "b"
        with pytest.raises(InstanceUnavailable), writing_for(FAY):
            pass

    def test_survives_a_restart_without_losing_a_request(self, stack):
        with writing_for(FAY):
            Note.objects.create(author_id=FAY, text="before")
        stack.kill("b")
        stack.start("b")

        with writing_for(FAY):
            Note.objects.create(author_id=FAY, text="after")

        assert "after" in texts(Note.objects.of(FAY))


class TestMarks:
    def test_are_those_written_since_begin(self):
        write("mine")
        first = freshness.marks()
        freshness.begin()

        assert set(first) == {"a"}
        assert first["a"].epoch == 1
        assert freshness.marks() == {}

    def test_are_loaded_at_the_first_read_and_once(self):
        loads = []

        def load() -> dict[str, LsnMark]:
            loads.append(1)
            return {}

        freshness.begin(load)

        assert loads == []
        list(Note.objects.of(ADA))
        list(Note.objects.of(ADA))
        assert loads == [1]


class TestEncode:
    def test_comes_back_as_it_went_in(self):
        marks = {"a": LsnMark(3, 0xABCDEF), "b": LsnMark(1, 0)}

        assert freshness.decode(freshness.encode(marks)) == marks
        assert freshness.decode("") == {}

    @pytest.mark.parametrize("text", ["a", "a:1", "a:x:1", "a:1:g", "a:1:2:3"])
    def test_refuses_what_it_did_not_write(self, text):
        with pytest.raises(ValueError, match=r".+"):
            freshness.decode(text)


class TestMerge:
    def test_keeps_the_later_mark(self):
        merged = freshness.merge(
            {"a": LsnMark(1, 5), "b": LsnMark(1, 9)}, {"a": LsnMark(1, 7), "b": LsnMark(1, 2)}
        )

        assert merged == {"a": LsnMark(1, 7), "b": LsnMark(1, 9)}
