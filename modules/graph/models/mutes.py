"""Mutes: one-sided, on the shard of who mutes. Nobody else ever hears of them."""

from django.db import models

from sharding.ids import ShardedIdField
from sharding.models import ShardedModel


class Mute(ShardedModel):
    """One that has expired is none; the row goes when its owner needs the room, or mutes again."""

    owner_key = "user_id"

    pk = models.CompositePrimaryKey("user_id", "target_id")
    user_id = models.BigIntegerField()
    target_id = models.BigIntegerField()
    # Minted by the first mute, for the order of the list.
    edge_id = ShardedIdField(primary_key=False)
    # Null: until the user ends it.
    expires_at = models.DateTimeField(null=True)
    mutes_notifications = models.BooleanField(db_default=True)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-edge_id"], name="mute_newest"),
            # Who mutes somebody is asked once: when they are erased.
            models.Index(fields=["target_id"], name="mute_target"),
        ]
