"""
Placement: every model says where its rows live, by its base class.

Here are also the tables of this package. `placement` is "sharded" (by owner key), "directory", "instances"
or "everywhere"; the last two are for this package only.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now

from sharding import pins
from sharding.errors import Refused
from sharding.managers import ShardedManager


class ShardedModel(models.Model):
    """
    Rows that belong to an owner and live on their shard.

    `owner_key` names the column that carries the owner's id. The primary key is a `ShardedIdField` (an
    entity), contains the owner key (an edge), or is the owner key.
    """

    placement: ClassVar[str] = "sharded"
    owner_key: ClassVar[str]
    # What deletes the rows when a user is erased, if not that they are theirs by their key (`erasing.py`).
    erased_by: ClassVar[str] = ""

    objects = ShardedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save_base(self, raw: bool = False, *args: Any, using: str | None = None, **kwargs: Any) -> None:
        """Save in the open transaction of the owner's shard; where the row was read from means nothing."""
        alias = pins.write_alias(pins.place_row(self))
        if using is not None and using != alias:
            pins.require_bound_alias(using)
        super().save_base(raw, *args, using=alias, **kwargs)  # type: ignore[misc]

    def delete(self, using: str | None = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """Delete in the open transaction of the owner's shard."""
        alias = pins.write_alias(pins.place_row(self))
        if using is not None and using != alias:
            pins.require_bound_alias(using)
        return super().delete(using=alias, keep_parents=keep_parents)

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        """Read the row again from where it is now."""
        if using is not None:
            raise Refused("A row is read again from its shard; it has no other place.")
        super().refresh_from_db(fields=fields, from_queryset=from_queryset)


class DirectoryModel(models.Model):
    """Rows that live in the directory only."""

    placement: ClassVar[str] = "directory"

    class Meta:
        abstract = True


class Shard(DirectoryModel):
    """An entry of the shard map."""

    shard = models.IntegerField(primary_key=True)
    instance = models.TextField()
    state = models.TextField(default="open")
    epoch = models.BigIntegerField(default=1)

    class Meta:
        db_table = "shard_map"
        constraints = [
            models.CheckConstraint(condition=models.Q(shard__range=(0, 4095)), name="shard_map_shard"),
            models.CheckConstraint(condition=models.Q(epoch__gte=1), name="shard_map_epoch"),
        ]


class ShardOwnership(models.Model):
    """What an instance owns, as the fence reads it; a row that is not `owned` refuses, like no row."""

    placement = "instances"

    shard = models.IntegerField(primary_key=True)
    state = models.TextField()
    epoch = models.BigIntegerField()

    class Meta:
        db_table = "shard_ownership"
        constraints = [
            models.CheckConstraint(condition=models.Q(shard__range=(0, 4095)), name="ownership_shard")
        ]


class OnceRow(models.Model):
    """An idempotency key or a delivered event, with the answer given (see `once.py`)."""

    placement = "everywhere"

    pk = models.CompositePrimaryKey("owner_id", "scope", "key")
    owner_id = models.BigIntegerField()
    scope = models.TextField()
    key = models.TextField()
    fingerprint = models.BinaryField()
    status = models.SmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "once"
        indexes = [BrinIndex(fields=["created_at"], name="once_created_at")]


class SchemaState(models.Model):
    """How far `shards migrate` came on this database; one row."""

    placement = "everywhere"

    id = models.SmallIntegerField(primary_key=True, default=1)
    state = models.TextField()
    digest = models.TextField(default="")
    # What the last run left (see `catalog.py`); null: nothing to compare with.
    catalog = models.JSONField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "schema_state"


from sharding.delivery.models import OutboxDelivery, OutboxEvent  # noqa: E402

__all__ = [
    "DirectoryModel",
    "OnceRow",
    "OutboxDelivery",
    "OutboxEvent",
    "SchemaState",
    "Shard",
    "ShardOwnership",
    "ShardedModel",
]
