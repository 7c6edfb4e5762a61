"""
Reactions, each on both sides: at whoever reacts, who leads, and at the post, where they are counted.

No transaction spans two shards: `ReactionOut` is the authority, `ReactionIn` follows within milliseconds, and
the counts change with it.
"""

from typing import ClassVar

from django.db import models

from sharding.ids import ShardedIdField
from sharding.models import ShardedModel


class ReactionOut(ShardedModel):
    """
    One type of reaction that a user has to a post. The row exists while they do; taking it back deletes it.

    `edge_id` is minted anew each time, on the user's shard: it says when, and tells a later reaction of the
    same user, post and type from an earlier one.
    """

    owner_key: ClassVar[str] = "user_id"

    # In this order "what do I say of these posts" and "of my newest posts" are reads of the key alone.
    pk = models.CompositePrimaryKey("user_id", "post_id", "type")
    user_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    type = models.TextField()
    edge_id = ShardedIdField(primary_key=False)


class ReactionIn(ShardedModel):
    """
    The post's side: who reacted. It belongs to the post, and so lies on its author's shard.

    One that was taken back stays as a tombstone with its `edge_id`: news comes at least once, in any order,
    and a late beginning must not bring back what has ended.
    """

    owner_key: ClassVar[str] = "post_id"
    erased_by: ClassVar[str] = "the purge of the post"

    pk = models.CompositePrimaryKey("post_id", "type", "user_id")
    post_id = models.BigIntegerField()
    type = models.TextField()
    user_id = models.BigIntegerField()
    edge_id = models.BigIntegerField()
    is_active = models.BooleanField(db_default=True)

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [
            models.Index(
                fields=["post_id", "-edge_id"],
                condition=models.Q(is_active=True),
                name="reaction_in_newest",
            ),
            models.Index(
                fields=["post_id", "type", "-edge_id"],
                condition=models.Q(is_active=True),
                name="reaction_in_newest_of_type",
            ),
        ]

    @property
    def age(self) -> tuple[int, bool]:
        """Return what orders the states of one reaction: by edge, and within an edge its end comes last."""
        return self.edge_id, not self.is_active


class PostCount(ShardedModel):
    """
    What is counted of a post, apart from its row, which must not change as often; `version` rises each time.

    Whoever changes what is counted here locks this row first. It comes into being with the first of it: no
    row stands for zeros. `reactions` holds the number of each type that there is one of.
    """

    owner_key: ClassVar[str] = "post_id"
    erased_by: ClassVar[str] = "the purge of the post, unless others hang on it"

    post_id = models.BigIntegerField(primary_key=True)
    version = models.IntegerField(db_default=0)
    replies = models.IntegerField(db_default=0)
    reposts = models.IntegerField(db_default=0)
    quotes = models.IntegerField(db_default=0)
    reactions = models.JSONField(default=dict)
