import threading
import time
from dataclasses import replace

import pytest
from django.db import ProgrammingError, connections

from sharding import everywhere, scatter
from sharding.conf import settings as sharding_settings
from sharding.errors import InstanceUnavailable, Refused, WrongShard
from sharding.scope import writing_for
from sharding.testing import count_queries
from tests.sharding.app.models import Edge, Note, Tally
from tests.sharding.calls import texts
from tests.sharding.people import ADA, ADAM, BOB, FAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def residue(notes):
    """Fay's note again, on an instance that does not own her shard."""
    with connections["a"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO shardtests_note (id, author_id, text, rank) VALUES (%s, %s, 'residue', 0)",
            [notes["fay"].id + 1, FAY],
        )
        cursor.execute("SET session_replication_role = origin")


class TestGather:
    def test_reads_once_per_instance_whatever_the_number_of_ids(self, notes):
        with count_queries() as queries:
            found = Note.objects.gather([note.id for note in notes.values()], on_primary=True)

        assert {note.id for note in found} == {note.id for note in notes.values()}
        assert queries.by_alias == {"a": 1, "b": 1}

    def test_leaves_absent_ids_and_residue_out(self, notes, residue):
        ids = [notes["ada"].id, notes["ada"].id, notes["fay"].id + 1, 0, -5, 2**64]

        assert Note.objects.gather(ids, on_primary=True) == [notes["ada"]]

    def test_goes_by_owner_key(self, notes):
        found = Note.objects.gather([ADA, FAY], by="author_id", on_primary=True)

        assert {note.id for note in found} == {notes[name].id for name in ("ada", "ada2", "fay")}

    def test_goes_by_a_key_that_is_the_owner(self):
        for owner in (ADA, FAY):
            with writing_for(owner):
                Tally.objects.create(user_id=owner)

        assert {tally.pk for tally in Tally.objects.gather([ADA, FAY, BOB], on_primary=True)} == {ADA, FAY}

    @pytest.mark.parametrize(("model", "by"), [(Note, "rank"), (Edge, "target_id"), (Edge, "pk")])
    def test_by_what_does_not_carry_the_shard_raises(self, model, by):
        with pytest.raises(Refused):
            model.objects.gather([ADA], by=by)

    def test_of_nothing_asks_nobody(self):
        with count_queries() as queries:
            assert Note.objects.gather([]) == []

        assert queries.total == 0

    def test_bound_reads_the_bound_shard_only(self, notes):
        with writing_for(ADA), count_queries() as queries:
            found = Note.objects.gather([notes["ada"].id, notes["adam"].id])

            for other in ("bob", "fay"):
                with pytest.raises(WrongShard):
                    Note.objects.gather([notes["ada"].id, notes[other].id])

        assert len(found) == 2
        assert queries.by_alias == {"a": 1}

    def test_names_an_instance_that_is_dead(self, notes, stack):
        stack.kill("b")

        with pytest.raises(InstanceUnavailable) as refusal:
            Note.objects.gather([ADA, FAY], by="author_id")
        assert refusal.value.alias == "b"


class TestEverywhere:
    def test_merges_in_the_order_of_the_query_and_cuts_once(self, notes):
        with count_queries() as queries:
            newest = Note.objects.everywhere(lambda qs: qs.order_by("-id")[:2], on_primary=True)
            first = Note.objects.everywhere(lambda qs: qs.order_by("text").values("text"), on_primary=True)

        assert newest.rows == [notes["fay"], notes["bob"]]
        assert [row["text"] for row in first.rows] == ["one", "one", "one", "one", "two"]
        assert newest.complete
        assert queries.by_alias == {"a": 2, "b": 2}

    def test_leaves_residue_out(self, notes, residue):
        found = Note.objects.everywhere(lambda qs: qs, on_primary=True)

        assert texts(found.rows) == ["one", "one", "one", "one", "two"]

    def test_says_what_is_missing(self, notes, stack):
        stack.kill("b")

        found = Note.objects.everywhere(lambda qs: qs, on_primary=True)

        assert texts(found.rows) == ["one", "one", "one", "two"]
        assert (found.complete, found.missing) == (False, ("b",))

    def test_does_not_wait_past_its_deadline(self, notes, settings):
        settings.SHARDING = replace(sharding_settings(), serial=False)
        jobs = {"a": lambda: "soon", "b": lambda: time.sleep(1.0)}

        started = time.monotonic()
        answers, missing = scatter.run_within(jobs, within=0.1)

        assert (answers, missing) == ({"a": "soon"}, ("b",))
        assert time.monotonic() - started < 0.8

    def test_refuses_offsets_and_bindings(self):
        with pytest.raises(Refused):
            Note.objects.everywhere(lambda qs: qs.order_by("id")[5:10])
        with writing_for(ADA), pytest.raises(WrongShard):
            Note.objects.everywhere(lambda qs: qs)


class TestReadWithin:
    @staticmethod
    def read(cursor, ranges):
        where = "shard_of(author_id) <@ %s::int4multirange"
        cursor.execute(f"SELECT text FROM shardtests_note WHERE {where} ORDER BY text", [ranges])
        return [text for (text,) in cursor.fetchall()]

    def test_joins_what_every_instance_owns_in_one_transaction_each(self, notes, residue):
        with count_queries() as queries:
            found = everywhere.read_within(self.read, 5, on_primary=True)

        assert (sorted(found.rows), found.missing) == (["one", "one", "one", "one", "two"], ())
        # The time limit, and the read.
        assert queries.by_alias == {"a": 2, "b": 2}

    def test_asks_the_instance_of_an_owner_alone(self, notes):
        with count_queries() as queries:
            found = everywhere.read_within(self.read, 5, owner_id=FAY, on_primary=True)

        assert (found.rows, set(queries.by_alias)) == (["one"], {"b"})

    def test_ends_each_statement_by_its_server_and_changes_nothing(self, notes):
        def read(cursor, ranges):
            cursor.execute("UPDATE shardtests_note SET text = text || id")
            cursor.execute("SELECT CASE current_setting('cluster_name') WHEN 'b' THEN pg_sleep(5) END")
            return [cursor.connection.info.transaction_status.name]

        started = time.monotonic()
        found = everywhere.read_within(read, 0.3, on_primary=True)

        assert (found.rows, found.missing) == (["INTRANS"], ("b",))
        assert time.monotonic() - started < 3
        kept = Note.objects.everywhere(lambda qs: qs, on_primary=True)
        assert texts(kept.rows) == ["one", "one", "one", "one", "two"]
        with connections["b"].cursor() as cursor:  # what limited that statement limits no other
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() != ("300ms",)

    def test_names_an_instance_that_is_dead(self, notes, stack):
        stack.kill("b")

        found = everywhere.read_within(self.read, 5, on_primary=True)

        assert (sorted(found.rows), found.missing) == (["one", "one", "one", "two"], ("b",))

    def test_raises_what_is_wrong_with_the_read_itself(self, notes):
        with pytest.raises(ProgrammingError):
            everywhere.read_within(
                lambda cursor, ranges: cursor.execute("SELECT nothing"), 5, on_primary=True
            )
        with writing_for(ADA), pytest.raises(WrongShard):
            everywhere.read_within(self.read, 5)


class TestReadPerInstance:
    def test_gives_each_instance_its_own_ids(self):
        def read(cursor, ids):
            cursor.execute("SELECT current_setting('cluster_name'), %s::bigint[]", [ids])
            return cursor.fetchall()

        found = dict(scatter.read_per_instance([ADA, FAY, BOB, ADAM], read, on_primary=True))

        assert found == {"a": sorted([ADA, ADAM, BOB]), "b": [FAY]}


class TestRun:
    def test_takes_one_job_itself_and_the_others_to_threads(self, settings):
        settings.SHARDING = replace(sharding_settings(), serial=False)
        meeting = threading.Barrier(2, timeout=5)

        def meet():
            meeting.wait()
            return threading.get_ident()

        threads = scatter.run({"a": meet, "b": meet})

        assert threads["a"] == threading.get_ident() != threads["b"]

    def test_raises_the_failure_after_all_have_ended(self, settings):
        settings.SHARDING = replace(sharding_settings(), serial=False)
        ended = []

        def fail():
            raise LookupError

        with pytest.raises(LookupError):
            scatter.run({"a": fail, "b": lambda: ended.append("b")})

        assert ended == ["b"]
