"""
The two sides of an edge, each on its own person's shard.

Both reads that matter ("whom do I follow", "who hears my posts") then touch one shard. No transaction
spans two shards, so one side leads: `FollowOut` is the authority, `FollowIn` follows within milliseconds.
"""

from django.db import models

from sharding.ids import ShardedIdField
from sharding.models import ShardedModel


class FollowOut(ShardedModel):
    """
    The follower's side. The row exists while the user follows, or asks to; unfollowing deletes it.

    `edge_id` is minted anew by each follow, on the follower's shard: it says when the edge was made, and
    tells a later edge between the same two people from an earlier one.
    """

    owner_key = "user_id"

    pk = models.CompositePrimaryKey("user_id", "target_id")
    user_id = models.BigIntegerField()
    target_id = models.BigIntegerField()
    edge_id = ShardedIdField(primary_key=False)
    # Whether the target has yet to consent: until then the user does not follow, and the row is no edge.
    is_requested = models.BooleanField(db_default=False)
    # What the user wants of the target: to be told of each post, and to see what the target reposts.
    notifies = models.BooleanField(db_default=False)
    shows_reposts = models.BooleanField(db_default=True)
    # Whether the target's account is closed, and the version of its status that said so.
    is_hidden = models.BooleanField(db_default=False)
    status_version = models.IntegerField(db_default=0)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-edge_id"], name="follow_out_newest"),
            models.Index(
                fields=["user_id", "target_id"],
                condition=models.Q(shows_reposts=False),
                name="follow_out_reposts_hidden",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(user_id=models.F("target_id")), name="follow_out_of_another"
            )
        ]


class FollowIn(ShardedModel):
    """
    The followee's side: fan-out reads it.

    A removed edge stays as a tombstone with its `edge_id`. News comes at least once and in any order, and
    without the tombstone a late "followed" would bring back what its "unfollowed" has ended.

    Whether an edge exists the follower's side says; whether a request is accepted, or the follower removed,
    this one does.
    """

    owner_key = "user_id"

    pk = models.CompositePrimaryKey("user_id", "follower_id")
    user_id = models.BigIntegerField()
    follower_id = models.BigIntegerField()
    edge_id = models.BigIntegerField()
    is_active = models.BooleanField(db_default=True)
    # Whether it is a request that the user has not answered; it is not active then.
    is_requested = models.BooleanField(db_default=False)
    # Of a tombstone, whether the user ended it and not the follower: nothing brings this edge back.
    is_refused = models.BooleanField(db_default=False)
    # Whether the follower's account is closed, and the version of its status that said so. It may be known
    # before the edge is: then the row stands with an `edge_id` of 0, older than any news of the edge.
    is_hidden = models.BooleanField(db_default=False)
    status_version = models.IntegerField(db_default=0)

    class Meta:
        indexes = [
            # Holds all that a list and fan-out read, so neither touches the table.
            models.Index(
                fields=["user_id", "-edge_id"],
                include=["follower_id", "is_hidden"],
                condition=models.Q(is_active=True),
                name="follow_in_newest",
            ),
            models.Index(
                fields=["user_id", "-edge_id"],
                include=["follower_id", "is_hidden"],
                condition=models.Q(is_requested=True),
                name="follow_in_requests",
            ),
        ]

    @property
    def is_counted(self) -> bool:
        """Return whether the follower is in the list and in the count."""
        return self.is_active and not self.is_hidden

    @property
    def age(self) -> tuple[int, int]:
        """Return what orders the states: by edge, and within an edge request, following, end."""
        return self.edge_id, 0 if self.is_requested else 1 if self.is_active else 2
