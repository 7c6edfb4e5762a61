"""
The two sides of a block, each on its own person's shard, so that either asks one shard about it.

`BlockOut` is the authority, `BlockIn` follows. A block and a follow edge never stand side by side for long:
each side ends its own edges with the news of the block.
"""

from django.db import models

from sharding.ids import ShardedIdField
from sharding.models import ShardedModel


class BlockOut(ShardedModel):
    """
    The blocker's side. The row exists while the user blocks; unblocking deletes it.

    `edge_id` is minted anew by each block, and tells a later one between the same two from an earlier one.
    """

    owner_key = "user_id"

    pk = models.CompositePrimaryKey("user_id", "target_id")
    user_id = models.BigIntegerField()
    target_id = models.BigIntegerField()
    edge_id = ShardedIdField(primary_key=False)

    class Meta:
        indexes = [models.Index(fields=["user_id", "-edge_id"], name="block_out_newest")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(user_id=models.F("target_id")), name="block_out_of_another"
            )
        ]


class BlockIn(ShardedModel):
    """The blocked one's side; one that ended stays as a tombstone, or late news would bring it back."""

    owner_key = "user_id"

    pk = models.CompositePrimaryKey("user_id", "blocker_id")
    user_id = models.BigIntegerField()
    blocker_id = models.BigIntegerField()
    edge_id = models.BigIntegerField()
    is_active = models.BooleanField(db_default=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["user_id", "blocker_id"], condition=models.Q(is_active=True), name="block_in_active"
            )
        ]

    @property
    def age(self) -> tuple[int, bool]:
        """Return what orders the states of one block: by edge, and within an edge its end comes last."""
        return self.edge_id, not self.is_active
