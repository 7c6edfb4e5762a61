"""A user's lists of people, all on the user's own shard: nobody else ever learns of them."""

from typing import ClassVar

from django.db import models

from sharding.ids import ShardedIdField
from sharding.models import ShardedModel


class List(ShardedModel):
    """A list of people whose posts its owner reads together; its row lock serializes who is in it."""

    owner_key: ClassVar[str] = "owner_id"

    id = ShardedIdField()
    owner_id = models.BigIntegerField()
    name = models.TextField()
    version = models.IntegerField(db_default=1)

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["owner_id", "-id"], name="timelines_list_newest")]


class ListMember(ShardedModel):
    """
    Somebody in a list.

    `membership_id` is minted when they are added: it says when that was, and sorts the members. A list has so
    few that its part of the primary key is index enough.
    """

    owner_key: ClassVar[str] = "owner_id"

    pk = models.CompositePrimaryKey("owner_id", "list_id", "member_id")
    owner_id = models.BigIntegerField()
    list_id = models.BigIntegerField()
    member_id = models.BigIntegerField()
    membership_id = ShardedIdField(primary_key=False)

    class Meta(ShardedModel.Meta):
        abstract = False
        # Who has somebody in a list is asked once: when they are erased.
        indexes = [models.Index(fields=["member_id"], name="timelines_list_member")]
