import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import DatabaseError, connections

from sharding import outbox, shard_map
from sharding.errors import AlreadyDone, InFlight, KeyReused, NoShard, OnceSpread, ShardMoved, WrongShard
from sharding.once import clean_once
from sharding.scope import (
    Once,
    current_binding,
    for_each_owner,
    require_binding,
    writing_directory,
    writing_for,
)
from sharding.tasks import clean_once_rows
from sharding.testing import count_queries
from tests.sharding.app.models import Member, Note
from tests.sharding.calls import texts
from tests.sharding.people import ADA, ADAM, BOB, FAY, SHARD_ONE

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    name: ClassVar[str] = "shardtests.happened.v1"

    note_id: int


KEY = Once("write_note", "k1", b"print")


@pytest.fixture(autouse=True)
def _fresh_key(monkeypatch) -> None:
    """A test's owner is not that of the test before."""
    monkeypatch.setitem(globals(), "KEY", KEY.of_another())


def sql(alias: str, statement: str, *params: Any) -> list[tuple[object, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def taken_away():
    """Ada's shard is not owned by a any more, and nobody told this process."""
    shard_map.current()
    sql("a", "UPDATE shard_ownership SET state = 'moved' WHERE shard = %s", SHARD_ONE)
    yield
    sql("a", "UPDATE shard_ownership SET state = 'owned' WHERE shard = %s", SHARD_ONE)


class TestWritingFor:
    def test_commits_what_was_written(self):
        with writing_for(ADA) as write:
            Note.objects.create(author_id=ADA, text="kept")

        assert texts(Note.objects.of(ADA).on_primary()) == ["kept"]
        assert (write.owner_id, write.alias, write.epoch) == (ADA, "a", 1)

    def test_rolls_back_and_unbinds_when_the_block_fails(self):
        with pytest.raises(RuntimeError), writing_for(ADA):  # noqa: PT012 - what failed matters
            Note.objects.create(author_id=ADA, text="lost")
            raise RuntimeError

        assert current_binding() is None
        assert texts(Note.objects.of(ADA).on_primary()) == []

    def test_costs_the_fence_and_one_mark_beside_its_statements(self):
        with count_queries() as on_a, writing_for(ADA):
            Note.objects.create(author_id=ADA, text="one")
        with count_queries() as on_b, writing_for(FAY, once=KEY):
            Note.objects.create(author_id=FAY, text="one")

        # b has no replica, so nobody needs a mark; the fence and the `once` row are one statement.
        assert (on_a.by_alias, on_b.by_alias) == ({"a": 3}, {"b": 2})

    def test_nested_for_the_shard_is_the_same_transaction_and_costs_nothing(self):
        with pytest.raises(RuntimeError), writing_for(ADA):  # noqa: PT012 - what failed matters
            with count_queries() as queries, writing_for(ADAM) as inner:
                pass
            Note.objects.create(author_id=ADAM, text="lost")
            raise RuntimeError

        assert (inner.owner_id, queries.total) == (ADAM, 0)
        assert texts(Note.objects.of(ADAM).on_primary()) == []

    def test_nested_that_fails_takes_the_outer_one_along(self):
        with pytest.raises(DatabaseError), writing_for(ADA):  # noqa: PT012 - what failed matters
            Note.objects.create(author_id=ADA, text="lost")
            with pytest.raises(RuntimeError), writing_for(ADAM):
                raise RuntimeError
            Note.objects.create(author_id=ADA, text="refused")

        assert texts(Note.objects.of(ADA).on_primary()) == []

    def test_for_another_place_raises_and_leaves_the_binding(self):
        with writing_for(ADA):
            for other in (lambda: writing_for(BOB), lambda: writing_for(FAY), writing_directory):
                with pytest.raises(WrongShard), other():
                    pass
            assert require_binding().shard == SHARD_ONE

    @pytest.mark.parametrize("nobody", [0, -1, 2**63])
    def test_for_nobody_raises(self, nobody):
        with pytest.raises(NoShard), writing_for(nobody):
            pass

    def test_refuses_a_shard_that_moved_before_any_row_is_touched(self, taken_away):
        with count_queries() as queries, pytest.raises(ShardMoved) as refusal, writing_for(ADA):
            pytest.fail("the block must not run")

        assert (refusal.value.shard, refusal.value.alias) == (SHARD_ONE, "a")
        assert queries.by_alias == {"a": 1, "default": 1}

    def test_knows_the_new_map_after_a_refusal(self, taken_away):
        sql("default", "UPDATE shard_map SET instance = 'b', epoch = 2 WHERE shard = %s", SHARD_ONE)
        sql("b", "INSERT INTO shard_ownership VALUES (%s, 'owned', 2)", SHARD_ONE)
        try:
            with pytest.raises(ShardMoved), writing_for(ADA):
                pass
            with writing_for(ADA) as write:
                Note.objects.create(author_id=ADA, text="moved")

            assert (write.alias, write.epoch) == ("b", 2)
            assert texts(Note.objects.of(ADA).on_primary()) == ["moved"]
        finally:
            sql("default", "UPDATE shard_map SET instance = 'a', epoch = 1 WHERE shard = %s", SHARD_ONE)
            sql("b", "DELETE FROM shardtests_note WHERE author_id = %s", ADA)
            sql("b", "DELETE FROM shard_ownership WHERE shard = %s", SHARD_ONE)
            shard_map.refresh()


class TestWritingDirectory:
    def test_commits_and_mints_an_id_with_the_hinted_shard(self):
        member = Member(name="ada")
        member.shard_hint = SHARD_ONE
        with writing_directory():
            member.save()

        assert Member._default_manager.get().id == member.id
        assert (member.id >> 10) & 4095 == SHARD_ONE

    def test_without_a_hint_mints_nothing(self):
        with pytest.raises(NoShard), writing_directory():
            Member._default_manager.create(name="nobody")

        assert not Member._default_manager.exists()

    def test_keeps_once_for_its_owner(self):
        with writing_directory(once=KEY, owner_id=ADA) as write:
            write.answer(201, b"made")

        with pytest.raises(AlreadyDone) as refusal, writing_directory(once=KEY, owner_id=ADA):
            pass
        assert (refusal.value.status, refusal.value.body) == (201, b"made")
        with writing_directory(once=KEY.of_another(), owner_id=BOB):
            pass


class TestOnce:
    def test_answers_a_repeat_with_what_was_kept(self):
        with writing_for(ADA, once=KEY) as write:
            Note.objects.create(author_id=ADA, text="once")
            write.answer(201, b'{"id": "1"}')

        with count_queries() as queries, pytest.raises(AlreadyDone) as refusal, writing_for(ADA, once=KEY):
            pytest.fail("the block must not run")

        assert (refusal.value.status, refusal.value.body) == (201, b'{"id": "1"}')
        assert queries.by_alias == {"a": 1}
        assert texts(Note.objects.of(ADA).on_primary()) == ["once"]

    def test_without_an_answer_is_settled_all_the_same(self):
        with writing_for(ADA, once=KEY):
            pass

        with pytest.raises(AlreadyDone) as refusal, writing_for(ADA, once=KEY):
            pass
        assert (refusal.value.status, refusal.value.body) == (None, None)

    def test_refuses_the_key_for_something_else(self):
        with writing_for(ADA, once=KEY):
            pass

        with pytest.raises(KeyReused), writing_for(ADA, once=Once(KEY.scope, KEY.key, b"other")):
            pass

    def test_is_undone_with_its_transaction(self):
        with pytest.raises(RuntimeError), writing_for(ADA, once=KEY):
            raise RuntimeError

        with writing_for(ADA, once=KEY):
            pass

    def test_is_each_owner_and_scope_own(self):
        for owner, once in ((ADA, KEY), (ADAM, KEY), (ADA, Once("another", KEY.key, KEY.fingerprint))):
            with writing_for(owner, once=once.of_another()):
                pass

        assert sql("a", "SELECT count(*) FROM once") == [(3,)]

    def test_waits_for_its_holder_and_then_says_in_flight(self):
        with writing_for(ADA, once=KEY):
            raised = run_elsewhere(lambda: writing_for(ADA, once=KEY))

        assert raised == [InFlight]

    def test_lets_nested_writes_have_their_own(self):
        with writing_for(ADA, once=KEY), writing_for(ADA, once=Once("inner", "k")):
            pass

        with pytest.raises(AlreadyDone), writing_for(ADA, once=Once("inner", "k")):
            pass

    def test_keeps_what_the_outbox_recorded_with_it(self):
        with writing_for(ADA, once=KEY):
            outbox.record(Happened(note_id=1))
        with pytest.raises(AlreadyDone), writing_for(ADA, once=KEY):
            outbox.record(Happened(note_id=1))

        assert sql("a", "SELECT owner_id, name FROM outbox_event") == [(ADA, Happened.name)]


class TestOnceOfSeveral:
    """A handler whose one event concerns several owners."""

    def test_is_refused_before_the_second_is_written(self):
        with writing_for(ADA, once=KEY):
            Note.objects.create(author_id=ADA, text="first")

        with pytest.raises(OnceSpread, match="for_each_owner"), writing_for(FAY, once=KEY):
            pytest.fail("the block must not run")

    def test_goes_on_after_those_who_are_done(self):
        def write(owner_id: int, once: Once) -> None:
            with writing_for(owner_id, once=once):
                Note.objects.create(author_id=owner_id, text="once each")

        def write_and_die(owner_id: int, once: Once) -> None:
            if owner_id == FAY:
                raise RuntimeError
            write(owner_id, once)

        with pytest.raises(RuntimeError):
            for_each_owner([ADA, BOB, FAY], write_and_die, once=KEY)
        for _ in range(2):
            for_each_owner([ADA, BOB, FAY], write, once=KEY)

        notes = [texts(Note.objects.of(owner).on_primary()) for owner in (ADA, BOB, FAY)]
        assert notes == [["once each"]] * 3


class TestCleanOnce:
    def test_deletes_old_rows_of_owned_shards_everywhere(self):
        for owner in (ADA, FAY):
            with writing_for(owner, once=KEY.of_another()):
                pass
        with writing_directory(once=KEY.of_another()):
            pass
        sql("a", "SET session_replication_role = replica")
        sql("a", "INSERT INTO once (owner_id, scope, key, fingerprint) VALUES (%s, 's', 'residue', '')", FAY)
        sql("a", "SET session_replication_role = origin")

        kept = clean_once(older_than=timedelta(hours=1))
        deleted = clean_once(older_than=timedelta(0))

        assert (kept, deleted) == (0, 3)
        assert sql("a", "SELECT key FROM once") == [("residue",)]

    def test_of_beat_keeps_a_key_for_seven_days(self):
        with writing_for(ADA, once=KEY):
            pass
        age = "UPDATE once SET created_at = clock_timestamp() - %s::interval"

        sql("a", age, "6 days 23 hours")
        clean_once_rows()
        kept = sql("a", "SELECT count(*) FROM once")
        sql("a", age, "7 days 1 second")
        clean_once_rows()

        assert (kept, sql("a", "SELECT count(*) FROM once")) == ([(1,)], [(0,)])


def run_elsewhere(open_write):
    """Run a write in a thread of its own, and return what it raised."""
    raised = []

    def run() -> None:
        try:
            with open_write():
                pass
        except Exception as error:  # noqa: BLE001 - told to the test
            raised.append(type(error))
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised
