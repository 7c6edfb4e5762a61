"""What plain Django answers wrongly and silently over several databases, as measured; here refused."""

import contextvars
import pickle
import threading
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Subquery
from rest_framework import serializers  # noqa: TID251 - shown to be safe, not used
from rest_framework.generics import get_object_or_404
from rest_framework.validators import UniqueValidator

from sharding.errors import NoShard, Unscoped, WrongShard
from sharding.scope import writing_for
from sharding.testing import count_queries
from tests.sharding.app.models import Member, Note, Remark
from tests.sharding.calls import texts
from tests.sharding.people import ADA, BOB, FAY

pytestmark = pytest.mark.usefixtures("notes")


class TestJoining:
    @pytest.mark.parametrize("other", [BOB, FAY], ids=["of the instance", "of another instance"])
    @pytest.mark.parametrize("join", ["union", "intersection", "difference", "__or__", "__and__", "__xor__"])
    def test_querysets_of_two_shards_raises(self, join, other):
        with count_queries() as queries, pytest.raises(WrongShard):
            getattr(Note.objects.of(ADA), join)(Note.objects.of(other))

        assert queries.total == 0

    def test_with_an_unpinned_queryset_raises(self):
        with pytest.raises(NoShard):
            Note.objects.of(ADA).union(Note.objects.all())


class TestSubquery:
    def test_of_another_instance_raises(self):
        other = Note.objects.of(FAY)

        for inner in (other.values("pk"), Subquery(other.values("pk")), other.query):
            with pytest.raises(WrongShard):
                list(Note.objects.of(ADA).filter(pk__in=inner))

    def test_without_a_place_raises(self):
        with pytest.raises(NoShard):
            list(Note.objects.of(ADA).filter(Exists(Remark.objects.filter(note=OuterRef("pk")))))

    def test_of_the_same_owner_runs(self):
        remarked = Remark.objects.of(ADA).filter(note=OuterRef("pk"))

        assert texts(Note.objects.of(ADA).on_primary().filter(~Exists(remarked))) == ["one", "two"]


class TestPickle:
    def test_of_a_query_keeps_its_pin(self):
        query = pickle.loads(pickle.dumps(Note.objects.of(ADA).query))
        again: Any = Note.objects.none()
        again.query = query

        assert texts(again.on_primary()) == ["one", "two"]
        with writing_for(BOB), pytest.raises(WrongShard):
            list(again.all())


class TestNestedBinding:
    @pytest.mark.parametrize("other", [BOB, FAY])
    def test_of_another_shard_raises(self, other):
        with writing_for(ADA), pytest.raises(WrongShard), writing_for(other):
            pass


class TestThreads:
    @pytest.mark.parametrize("is_copied", [False, True], ids=["plain", "with a copied context"])
    def test_raise_for_they_have_another_connection(self, is_copied):
        raised = []

        def run() -> None:
            with pytest.raises(NoShard) as refusal:
                Note.objects.filter(author_id=ADA).update(text="new")
            raised.append(refusal.type)

        with writing_for(ADA):
            context = contextvars.copy_context() if is_copied else contextvars.Context()
            thread = threading.Thread(target=context.run, args=[run])
            thread.start()
            thread.join()

        assert raised == [NoShard]
        assert texts(Note.objects.of(ADA).on_primary()) == ["one", "two"]


class TestDirectoryRows:
    def test_are_not_written_inside_a_shard(self):
        member = Member(name="ada")
        member.shard_hint = 5

        with writing_for(ADA), count_queries() as queries, pytest.raises(WrongShard):
            member.save()

        assert queries.total == 0

    def test_are_read_from_the_directory_inside_a_shard(self):
        with writing_for(ADA), count_queries() as queries:
            ContentType.objects.filter(app_label="shardtests").count()

        assert queries.by_alias == {"default": 1}


class NoteForm(serializers.ModelSerializer[Note]):
    class Meta:
        model = Note
        fields = ("author_id", "text")


class TestRestFramework:
    def test_unique_validator_raises_instead_of_passing(self):
        class Form(serializers.Serializer[Any]):
            text = serializers.CharField(validators=[UniqueValidator(Note.objects.all())])

        with pytest.raises(NoShard):
            Form(data={"text": "one"}).is_valid()
        with writing_for(ADA), pytest.raises(NoShard):
            Form(data={"text": "one"}).is_valid()

    def test_unique_validator_on_a_pinned_queryset_sees_the_owner_rows_only(self):
        class Form(serializers.Serializer[Any]):
            text = serializers.CharField(validators=[UniqueValidator(Note.objects.of(BOB))])

        assert not Form(data={"text": "one"}).is_valid()
        assert Form(data={"text": "two"}).is_valid()

    def test_primary_key_field_raises_or_finds_the_owner_rows_only(self, notes):
        unpinned = serializers.PrimaryKeyRelatedField(queryset=Note.objects.all())
        pinned = serializers.PrimaryKeyRelatedField(queryset=Note.objects.of(ADA))

        with pytest.raises(NoShard):
            unpinned.to_internal_value(notes["ada"].id)
        assert pinned.to_internal_value(notes["ada"].id) == notes["ada"]
        with pytest.raises(serializers.ValidationError):
            pinned.to_internal_value(notes["bob"].id)

    def test_get_object_or_404_raises_without_a_place(self, notes):
        with pytest.raises(NoShard):
            get_object_or_404(Note, pk=notes["ada"].id)
        with writing_for(ADA), pytest.raises(WrongShard):
            get_object_or_404(Note, pk=notes["bob"].id)
        with writing_for(ADA), pytest.raises(Unscoped):
            get_object_or_404(Note, text="one")
        with writing_for(ADA):
            assert get_object_or_404(Note, pk=notes["ada"].id) == notes["ada"]

    def test_model_serializer_saves_bound_only(self):
        form = NoteForm(data={"author_id": ADA, "text": "form"})
        with writing_for(ADA):
            assert form.is_valid()

        with pytest.raises(NoShard):
            form.save()
        with writing_for(BOB), pytest.raises(WrongShard):
            NoteForm(data={"author_id": ADA, "text": "form"}, instance=None).create(form.validated_data)
        with writing_for(ADA):
            NoteForm().create(form.validated_data)

        assert texts(Note.objects.of(ADA).on_primary()) == ["form", "one", "two"]
