"""Rows and their relations: save, delete, reload, full_clean, pickles, foreign keys, related managers."""

import pickle
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, prefetch_related_objects

from sharding.errors import NoShard, Refused, Unscoped, WrongShard
from sharding.ids import shard_of
from sharding.scope import writing_for
from sharding.testing import count_queries
from tests.sharding.app.models import Edge, Note, Remark, Tally
from tests.sharding.calls import texts
from tests.sharding.people import ADA, ADAM, BOB, FAY, SHARD_ONE

pytestmark = pytest.mark.usefixtures("notes")


@pytest.fixture
def remark(notes):
    with writing_for(ADA):
        return Remark.objects.create(author_id=ADA, note=notes["ada"], text="hm")


class TestSave:
    def test_unbound_raises(self, notes):
        notes["ada"].text = "new"

        with count_queries() as queries, pytest.raises(NoShard):
            notes["ada"].save()

        assert queries.total == 0

    def test_bound_updates_in_one_statement(self, notes):
        notes["ada"].text = "new"

        with writing_for(ADA), count_queries() as queries:
            notes["ada"].save()

        assert queries.by_alias == {"a": 1}
        assert texts(Note.objects.of(ADA).on_primary()) == ["new", "two"]

    def test_on_a_wrong_shard_raises(self, notes):
        with writing_for(BOB), count_queries() as queries, pytest.raises(WrongShard):
            notes["ada"].save()

        assert queries.total == 0

    def test_with_using_raises(self, notes):
        with writing_for(ADA), pytest.raises(WrongShard):
            notes["ada"].save(using="b")

    def test_does_not_trust_where_a_pickle_came_from(self, notes):
        notes["ada"]._state.db = "b"
        row = pickle.loads(pickle.dumps(notes["ada"]))
        row.text = "new"

        with writing_for(ADA), count_queries() as queries:
            row.save()

        assert queries.by_alias == {"a": 1}
        assert texts(Note.objects.of(FAY).on_primary()) == ["one"]

    def test_of_an_edge_without_its_owner_raises(self):
        with writing_for(ADA), pytest.raises(Unscoped):
            Edge(target_id=FAY).save()

    def test_keeps_an_explicit_id_and_refuses_one_of_another_shard(self, notes):
        mine, other = notes["ada"].id + 1, notes["bob"].id
        with writing_for(ADA):
            Note.objects.create(id=mine, author_id=ADA, text="mine")
            with pytest.raises(WrongShard):
                Note.objects.create(id=other, author_id=ADA, text="other")

        assert Note.objects.of(ADA).on_primary().get(text="mine").id == mine


class TestDelete:
    def test_unbound_or_on_a_wrong_shard_raises(self, notes):
        with pytest.raises(NoShard):
            notes["ada"].delete()
        with writing_for(FAY), pytest.raises(WrongShard):
            notes["ada"].delete()

        assert texts(Note.objects.of(ADA).on_primary()) == ["one", "two"]

    def test_bound_takes_the_rows_below_along(self, notes, remark):
        with writing_for(ADA), count_queries() as queries:
            notes["ada"].delete()

        assert queries.by_alias == {"a": 2}
        assert not Remark.objects.of(ADA).on_primary().exists()


class TestRefreshFromDb:
    def test_reads_the_row_from_its_shard_whatever_its_state_says(self, notes):
        notes["ada"]._state.db = "b"

        with writing_for(ADA), count_queries() as queries:
            notes["ada"].refresh_from_db()

        assert queries.by_alias == {"a": 1}

    def test_with_using_or_on_a_wrong_shard_raises(self, notes):
        with pytest.raises(Refused):
            notes["ada"].refresh_from_db(using="a")
        with writing_for(BOB), pytest.raises(WrongShard):
            notes["ada"].refresh_from_db()

    def test_loads_a_deferred_owner_by_the_bits_of_the_id(self, notes):
        row = Note.objects.of(ADA).only("text").get(text="one")

        assert row.author_id == ADA

    def test_lets_a_row_without_its_owner_be_saved(self, notes):
        row = Note.objects.of(ADA).defer("author_id").get(text="one")
        row.text = "new"

        with writing_for(ADA):
            row.save(update_fields=["text"])

        assert texts(Note.objects.of(ADA).on_primary()) == ["new", "two"]


class TestFullClean:
    def test_unbound_raises(self):
        with pytest.raises(NoShard):
            Note(author_id=ADA, text="fresh").full_clean()

    def test_bound_checks_constraints_on_the_shard(self):
        with writing_for(ADA), count_queries() as queries, pytest.raises(ValidationError):
            Note(author_id=ADA, text="one").full_clean()

        assert queries.by_alias == {"a": 1}

    def test_on_a_wrong_shard_raises(self):
        with writing_for(BOB), pytest.raises(WrongShard):
            Note(author_id=ADA, text="fresh").full_clean()


class TestForeignKey:
    def test_is_followed_to_the_shard_of_the_row(self, remark):
        row = Remark.objects.of(ADA).on_primary().get()

        with writing_for(ADA), count_queries() as queries:
            note = row.note

        assert note.text == "one"
        assert queries.by_alias == {"a": 1}

    def test_on_a_wrong_shard_raises(self, remark):
        row = Remark.objects.of(ADA).on_primary().get()

        with writing_for(BOB), count_queries() as queries, pytest.raises(WrongShard):
            row.note  # noqa: B018

        assert queries.total == 0

    @pytest.mark.parametrize("other", ["bob", "fay"])
    def test_to_a_row_of_another_shard_is_refused(self, notes, remark, other):
        with writing_for(ADA), pytest.raises(WrongShard):
            Remark(author_id=ADA, note=notes[other])
        with writing_for(ADA), pytest.raises(WrongShard):
            remark.note = notes[other]
        with writing_for(ADA), pytest.raises(WrongShard):
            Remark.objects.create(author_id=ADA, note_id=notes[other].id)

    def test_does_not_pin_the_row_that_it_is_given_to(self, notes):
        notes["ada"]._state.db = "b"
        with writing_for(ADA):
            remark = Remark(author_id=ADA, note=notes["ada"])
            remark.save()

        assert Remark.objects.of(ADA).on_primary().get() == remark


class TestRelatedManager:
    def test_reads_from_the_shard_of_the_row(self, notes, remark):
        with writing_for(ADA), count_queries() as queries:
            found = [list(notes["ada"].remarks.all()), notes["ada"].remarks.filter(text="hm").count()]

        assert found == [[remark], 1]
        assert queries.by_alias == {"a": 2}

    def test_reads_unbound_by_the_bits_of_the_row(self, notes, remark):
        assert list(notes["ada"].remarks.all()) == [remark]

    def test_on_a_wrong_shard_raises(self, notes, remark):
        with writing_for(BOB), count_queries() as queries, pytest.raises(WrongShard):
            list(notes["ada"].remarks.all())

        assert queries.total == 0

    @pytest.mark.parametrize("name", ["create", "get_or_create", "update_or_create"])
    def test_creates_bound_with_the_owner_only(self, notes, name):
        with writing_for(ADA), pytest.raises(Unscoped):
            getattr(notes["ada"].remarks, name)(text="no owner")
        with pytest.raises(NoShard):
            getattr(notes["ada"].remarks, name)(author_id=ADA, text="unbound")

        with writing_for(ADA):
            getattr(notes["ada"].remarks, name)(author_id=ADA, text=name)

        assert [row.text for row in Remark.objects.of(ADA).on_primary()] == [name]

    @pytest.mark.parametrize(("name", "bulk"), [("add", True), ("add", False), ("set", True)])
    def test_moves_rows_bound_only(self, notes, remark, name, bulk):
        given: Any = remark if name == "add" else [remark]
        with pytest.raises(NoShard):
            getattr(notes["ada2"].remarks, name)(*[given], bulk=bulk)

        with writing_for(ADA):
            getattr(notes["ada2"].remarks, name)(*[given], bulk=bulk)

        assert Remark.objects.of(ADA).on_primary().values_list("note_id", flat=True)[0] == notes["ada2"].id

    def test_bulk_creates_bound_only(self, notes):
        with pytest.raises(NoShard):
            notes["ada"].remarks.bulk_create([Remark(author_id=ADA, note_id=notes["ada"].id)])
        with writing_for(ADA):
            notes["ada"].remarks.bulk_create([Remark(author_id=ADA, note_id=notes["ada"].id)])

        assert Remark.objects.of(ADA).on_primary().count() == 1


class TestPrefetch:
    def test_over_two_shards_raises_instead_of_asking_the_first(self, notes):
        rows = [notes["ada"], notes["bob"]]

        with count_queries() as queries, pytest.raises(WrongShard):
            prefetch_related_objects(rows, "remarks")

        assert queries.total == 0

    def test_over_two_instances_raises(self, notes):
        with pytest.raises(WrongShard):
            prefetch_related_objects([notes["fay"], notes["ada"]], "remarks")

    def test_of_parents_over_two_shards_raises(self, notes, remark):
        with writing_for(BOB):
            other = Remark.objects.create(author_id=BOB, note=notes["bob"])
        rows = [Remark(pk=row.pk, author_id=row.author_id, note_id=row.note.pk) for row in (remark, other)]

        with pytest.raises(WrongShard):
            prefetch_related_objects(rows, "note")

    def test_of_parents_on_one_shard_reads_once(self, notes, remark):
        rows = [Remark(pk=remark.pk, author_id=ADA, note_id=remark.note.pk)]

        with writing_for(ADA), count_queries() as queries:
            prefetch_related_objects(rows, "note")

        assert rows[0].note == notes["ada"]
        assert queries.by_alias == {"a": 1}

    def test_with_a_queryset_of_another_shard_raises(self, notes):
        prefetch = Prefetch("remarks", queryset=Remark.objects.of(BOB))

        with pytest.raises(WrongShard):
            prefetch_related_objects([notes["ada"], notes["bob"]], prefetch)


class TestEdge:
    def test_goes_through_all_writes_by_its_composite_key(self):
        with writing_for(ADA), count_queries() as queries:
            Edge.objects.create(user_id=ADA, target_id=FAY)
            Edge.objects.bulk_create([Edge(user_id=ADA, target_id=BOB, weight=1)], ignore_conflicts=True)
            Edge.objects.bulk_create(
                [Edge(user_id=ADA, target_id=BOB, weight=2)],
                update_conflicts=True, update_fields=["weight"], unique_fields=["user_id", "target_id"],
            )  # fmt: skip
            Edge.objects.filter(pk=(ADA, FAY)).update(weight=5)
            Edge.objects.filter(pk__in=[(ADA, BOB)]).update(weight=6)

        assert queries.by_alias == {"a": 5}
        assert dict(Edge.objects.of(ADA).on_primary().values_list("target_id", "weight")) == {FAY: 5, BOB: 6}

    def test_named_by_another_owner_raises(self):
        with writing_for(ADA), pytest.raises(WrongShard):
            Edge.objects.filter(pk=(BOB, ADA)).delete()

    def test_named_by_its_target_only_raises(self):
        with writing_for(ADA), pytest.raises(Unscoped):
            Edge.objects.filter(target_id=ADA).delete()


class TestOwner:
    def test_never_changes(self, notes):
        with writing_for(ADA):
            with pytest.raises(WrongShard):
                Note.objects.of(ADA).update(author_id=ADAM)
            with pytest.raises(WrongShard):
                Note.objects.bulk_update([notes["ada"]], ["author_id"])
            with pytest.raises(WrongShard):
                Note.objects.of(ADA).update_or_create(author_id=ADA, text="one", defaults={"author_id": ADAM})

    def test_named_by_of_is_the_one_created_for(self):
        with writing_for(ADA):
            with pytest.raises(WrongShard):
                Note.objects.of(ADA).create(author_id=ADAM, text="new")
            with pytest.raises(WrongShard):
                Note.objects.of(ADA).get_or_create(author_id=ADAM, text="new")
            with pytest.raises(WrongShard):
                Note.objects.of(ADA).bulk_create([Note(author_id=ADAM)])

    def test_may_be_the_key_itself(self):
        with writing_for(ADA):
            Tally.objects.create(user_id=ADA, notes=2)
            Tally.objects.update_or_create(user_id=ADA, defaults={"notes": 3})

        assert Tally.objects.of(ADA).on_primary().get(pk=ADA).notes == 3

    def test_gives_its_shard_to_what_is_created(self, notes):
        assert {shard_of(notes[name].id) for name in ("ada", "ada2", "adam")} == {SHARD_ONE}
