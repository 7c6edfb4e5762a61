"""Every public QuerySet and Manager call: unbound, bound, on a wrong shard, two shards on one instance."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db.models import Manager, QuerySet

from sharding.errors import NoShard, Refused, Unscoped, WrongShard
from sharding.scope import writing_directory, writing_for
from sharding.testing import count_queries
from tests.sharding.app.models import Note
from tests.sharding.calls import NOT_CALLS, READS, REFUSED, WRITES, texts
from tests.sharding.people import ADA, BOB, FAY

EVERYONE = {"ada": ["one", "two"], "adam": ["one"], "bob": ["one"], "fay": ["one"]}


def everyone(notes: dict[str, Note]) -> dict[str, list[str]]:
    return {name: texts(Note.objects.of(notes[name].author_id).on_primary()) for name in EVERYONE}


def test_every_public_call_of_the_installed_django_has_a_row():
    public = {name for cls in (QuerySet, Manager) for name in dir(cls) if not name.startswith("_")}
    public |= {name for name in ("model", "name") if hasattr(Note.objects, name)}
    operators = {name for name in READS if name.startswith("__")}

    assert public == (READS.keys() | WRITES.keys() | REFUSED.keys() | NOT_CALLS.keys()) - operators
    assert not operators - set(dir(QuerySet)) - {"__contains__"}


@pytest.mark.usefixtures("notes_for_all")
@pytest.mark.parametrize("name", READS)
class TestRead:
    def test_unbound_and_unpinned_raises(self, name):
        with count_queries() as queries, pytest.raises(NoShard):
            READS[name].run(Note.objects.all())

        assert queries.total == 0

    def test_built_unbound_and_run_bound_raises(self, name):
        built = Note.objects.all()

        with writing_for(ADA), count_queries() as queries, pytest.raises(NoShard):
            READS[name].run(built)

        assert queries.total == 0

    def test_pinned_answers_the_owner_from_his_instance(self, name):
        with count_queries() as queries:
            answer = READS[name].run(Note.objects.of(ADA).on_primary())

        assert answer == READS[name].answer
        assert queries.by_alias == {"a": READS[name].statements}

    def test_pinned_to_the_other_instance_runs_there(self, name):
        with count_queries() as queries, suppress(Note.DoesNotExist, IndexError):
            READS[name].run(Note.objects.of(FAY).on_primary())

        assert set(queries.by_alias) == {"b"}

    def test_bound_answers_the_owner_in_the_transaction(self, name):
        with writing_for(ADA), count_queries() as queries:
            answer = READS[name].run(Note.objects.of(ADA))

        assert answer == READS[name].answer
        assert queries.by_alias == {"a": READS[name].statements}

    def test_bound_without_owner_or_ids_raises(self, name):
        with writing_for(ADA), count_queries() as queries, pytest.raises(READS[name].unscoped):
            READS[name].run(Note.objects.exclude(text="nothing"))

        assert queries.total == 0

    @pytest.mark.parametrize("other", [BOB, FAY], ids=["of the instance", "of another instance"])
    def test_bound_to_another_shard_raises(self, name, other):
        built = Note.objects.of(other)

        with writing_for(ADA), count_queries() as queries, pytest.raises(WrongShard):
            READS[name].run(built)

        assert queries.total == 0

    def test_bound_to_the_directory_raises(self, name):
        built = Note.objects.of(ADA)

        with writing_directory(), count_queries() as queries, pytest.raises(WrongShard):
            READS[name].run(built)

        assert queries.total == 0


@pytest.mark.parametrize("name", WRITES)
class TestWrite:
    @pytest.fixture(autouse=True)
    def _others_stay(self, notes: dict[str, Note]) -> Iterator[None]:
        self.notes = notes
        yield
        assert {**everyone(notes), "ada": []} == {**EVERYONE, "ada": []}

    def test_unbound_raises(self, name):
        with count_queries() as queries, pytest.raises(NoShard):
            WRITES[name].run(Note.objects.all())

        assert queries.total == 0

    def test_pinned_but_unbound_raises(self, name):
        with pytest.raises(NoShard):
            WRITES[name].run(Note.objects.of(ADA))

        assert everyone(self.notes) == EVERYONE

    def test_bound_writes_the_owner_rows_only(self, name):
        with writing_for(ADA), count_queries() as queries:
            WRITES[name].run(Note.objects.of(ADA))

        assert texts(Note.objects.of(ADA).on_primary()) == WRITES[name].texts
        assert queries.by_alias == {"a": WRITES[name].statements}

    @pytest.mark.parametrize("other", [BOB, FAY], ids=["of the instance", "of another instance"])
    def test_bound_to_another_shard_raises(self, name, other):
        built = Note.objects.of(ADA)

        with writing_for(other), pytest.raises(WrongShard):
            WRITES[name].run(built)

        assert everyone(self.notes) == EVERYONE

    def test_bound_to_the_directory_raises(self, name):
        built = Note.objects.of(ADA)

        with writing_directory(), pytest.raises(WrongShard):
            WRITES[name].run(built)

        assert everyone(self.notes) == EVERYONE


@pytest.mark.usefixtures("notes")
class TestUnscopedWrite:
    @pytest.mark.parametrize("name", ["delete", "adelete", "select_for_update", "update", "aupdate"])
    def test_raises_and_changes_nothing(self, name, notes):
        with writing_for(ADA), count_queries() as queries, pytest.raises(Unscoped):
            WRITES[name].run(Note.objects.all())

        assert queries.total == 0
        assert everyone(notes) == EVERYONE

    @pytest.mark.parametrize("name", ["create", "get_or_create", "update_or_create"])
    def test_without_the_owner_key_raises(self, name):
        with writing_for(ADA), count_queries() as queries, pytest.raises(Unscoped):
            getattr(Note.objects, name)(text="new")

        assert queries.total == 0


@pytest.mark.usefixtures("notes_for_all")
@pytest.mark.parametrize("name", REFUSED)
class TestRefused:
    def test_raises_everywhere(self, name):
        with pytest.raises(Refused):
            REFUSED[name](Note.objects.of(ADA))
        with writing_for(ADA), pytest.raises(Refused):
            REFUSED[name](Note.objects.all())


@pytest.mark.usefixtures("notes_for_all")
class TestUsing:
    @pytest.mark.parametrize("alias", ["a", "b", "default", "a_replica1"])
    def test_raises_unbound(self, alias):
        with pytest.raises(Refused):
            Note.objects.using(alias)
        with pytest.raises(Refused):
            Note.objects.of(ADA).using(alias)
        with pytest.raises(Refused):
            Note.objects.db_manager(alias).all()

    def test_of_another_database_raises_bound(self):
        with writing_for(ADA), pytest.raises(WrongShard):
            Note.objects.using("b")

    def test_of_the_bound_instance_still_needs_a_scope(self):
        with writing_for(ADA), pytest.raises(Unscoped):
            Note.objects.using("a").count()


@pytest.mark.usefixtures("notes_for_all")
class TestNone:
    def test_is_empty_everywhere_and_asks_nobody(self):
        with count_queries() as queries:
            answers = [list(Note.objects.none()), Note.objects.of(ADA).none().exists()]

        assert answers == [[], False]
        assert queries.total == 0


@pytest.mark.usefixtures("notes_for_all")
class TestManagers:
    def test_from_queryset_keeps_the_verbs_and_the_pin(self):
        from sharding.managers import ShardedManager
        from sharding.querysets import ShardedQuerySet

        class Loud(ShardedQuerySet[Any]):
            def ones(self) -> Any:
                return self.filter(text="one")

        manager: Any = ShardedManager.from_queryset(Loud)()
        manager.model = Note

        assert texts(manager.of(ADA).on_primary().ones()) == ["one"]
        with pytest.raises(NoShard):
            list(manager.ones())
