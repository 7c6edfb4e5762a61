"""Models as contexts have them: an entity and its child, an edge, a row keyed by its owner."""

from typing import ClassVar

from django.db import models

from sharding.ids import ShardedIdField
from sharding.models import DirectoryModel, ShardedModel


class Note(ShardedModel):
    owner_key: ClassVar[str] = "author_id"

    id = ShardedIdField()
    author_id = models.BigIntegerField()
    text = models.TextField(default="")
    rank = models.IntegerField(default=0)
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "shardtests"
        constraints = [models.UniqueConstraint(fields=["author_id", "rank", "text"], name="note_once")]


class Remark(ShardedModel):
    owner_key: ClassVar[str] = "author_id"

    id = ShardedIdField()
    author_id = models.BigIntegerField()
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="remarks")
    text = models.TextField(default="")

    class Meta:
        app_label = "shardtests"


class Edge(ShardedModel):
    owner_key: ClassVar[str] = "user_id"

    pk = models.CompositePrimaryKey("user_id", "target_id")
    user_id = models.BigIntegerField()
    target_id = models.BigIntegerField()
    weight = models.IntegerField(default=0)

    class Meta:
        app_label = "shardtests"


class Tally(ShardedModel):
    owner_key: ClassVar[str] = "user_id"

    user_id = models.BigIntegerField(primary_key=True)
    notes = models.IntegerField(default=0)

    class Meta:
        app_label = "shardtests"


class Member(DirectoryModel):
    shard_hint: int | None = None

    id = ShardedIdField()
    name = models.TextField(unique=True)

    class Meta:
        app_label = "shardtests"
