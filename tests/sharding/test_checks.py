from typing import ClassVar

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.checks import run_checks
from django.db import models
from django.test.utils import isolate_apps

from sharding import checks, fence
from sharding.errors import Refused
from sharding.ids import ShardedIdField
from sharding.models import OnceRow, Shard, ShardedModel, ShardOwnership
from sharding.router import ShardRouter, placement_of
from tests.sharding.app.models import Member, Note

router = ShardRouter()


def ids_of(messages) -> list[str]:
    return [message.id for message in messages]


class TestChecks:
    def test_find_nothing_wrong_here(self):
        assert [message for message in run_checks() if str(message.id).startswith("sharding.")] == []

    @isolate_apps("tests.sharding.app")
    def test_refuse_a_model_without_placement(self):
        class Stray(models.Model):
            class Meta:
                app_label = "shardtests"

        Stray.__module__ = "modules.strays.models"

        assert ids_of(checks.placement_is_declared(Stray)) == ["sharding.E001"]
        assert ids_of(checks.placement_is_declared(Note)) == []

    @isolate_apps("tests.sharding.app")
    def test_refuse_relations_that_leave(self):
        class Leaver(ShardedModel):
            owner_key: ClassVar[str] = "owner_id"
            id = ShardedIdField()
            owner_id = models.BigIntegerField()
            type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
            thing = GenericForeignKey("type", "owner_id")
            groups = models.ManyToManyField(Group)

            class Meta:
                app_label = "shardtests"

        Leaver.__module__ = "modules.leavers.models"

        assert ids_of(checks.relations_stay_home(Leaver)) == ["sharding.E002", "sharding.E002"]
        assert ids_of(checks.sharded_relations_stay_on_the_shard(Leaver)) == ["sharding.E003"] * 3
        with pytest.raises(Refused):
            router.db_for_read(Leaver.groups.through)

    @isolate_apps("tests.sharding.app")
    def test_refuse_keys_without_the_shard_and_foreign_managers(self):
        class Loose(ShardedModel):
            owner_key: ClassVar[str] = "owner_id"
            id = models.BigAutoField(primary_key=True)
            owner_id = models.BigIntegerField()
            plain = models.Manager()

            class Meta:
                app_label = "shardtests"

        assert ids_of(checks.owner_is_in_the_key(Loose)) == ["sharding.E004"]
        assert ids_of(checks.managers_are_sharded(Loose)) == ["sharding.E005"]

    def test_refuse_a_model_without_its_fence(self, monkeypatch):
        monkeypatch.setattr(Note, "owner_key", "rank")

        assert [(message.id, message.msg) for message in checks.fences_stand(None)] == [
            ("sharding.E006", "shardtests.Note has no fence.")
        ]

    def test_refuse_a_fence_of_an_older_version(self, monkeypatch):
        monkeypatch.setattr(checks, "VERSION", fence.VERSION + 1)

        found = {message.msg: message for message in checks.fences_stand(None)}

        message = found["shardtests.Note has a fence of an older version."]
        assert (message.id, message.hint) == (
            "sharding.E008", 'UpgradeFence("Note", owner="author_id", version=3) in its app.',
        )  # fmt: skip
        assert {message.id for message in found.values()} == {"sharding.E008"}

    def test_refuse_a_fence_before_what_it_rests_on(self, monkeypatch):
        monkeypatch.setattr(checks, "RESTS_ON", {**fence.RESTS_ON, 2: ("shardtests", "0002_fence_2")})

        found = {(message.id, message.msg) for message in checks.fences_stand(None)}

        assert ("sharding.E007", "posts.0002_fence_2 fences before the fence's functions are there.") in found
        assert not [message for _, message in found if message.startswith("shardtests.")]


class TestAllowMigrate:
    @pytest.mark.parametrize(
        ("model", "homes"),
        [
            (Note, {"a", "b"}),
            (ShardOwnership, {"a", "b"}),
            (Member, {"default"}),
            (Shard, {"default"}),
            (Group, {"default"}),
            (OnceRow, {"default", "a", "b"}),
        ],
    )
    def test_puts_a_table_where_its_placement_says(self, model, homes):
        label, name = model._meta.app_label, model._meta.model_name
        aliases = ("default", "a", "b", "a_replica1")

        assert {alias for alias in aliases if router.allow_migrate(alias, label, name)} == homes

    def test_asks_for_a_hint_where_an_app_has_two_placements(self):
        with pytest.raises(Refused):
            router.allow_migrate("a", "shardtests")

        assert router.allow_migrate("a", "shardtests", placement="sharded")
        assert not router.allow_migrate("default", "shardtests", placement="sharded")


class TestPlacementOf:
    def test_knows_the_copies_that_migrations_work_with(self):
        fake = type("Note", (), {"__module__": "__fake__", "_meta": Note._meta})

        assert placement_of(fake) == "sharded"
        assert placement_of(Group) == "directory"
