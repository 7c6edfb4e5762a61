"""What a user wants mailed, and when the next digest is due: one row for each, made when it is needed."""

from typing import ClassVar

from django.db import models
from django.db.models import Func, Q

from sharding.models import ShardedModel


class Subscription(ShardedModel):
    """
    What a user wants mailed; the row is the cursor of their digests.

    `digest` and `heard_zone` are copies of what notifications has, refreshed by its news. `due_at` is when
    the next digest is to be made, null where none is wanted; it moves in the transaction that announces the
    digest. `last_at` is when that last was, and `told_id` how far notifications were told of by then.
    """

    owner_key: ClassVar[str] = "user_id"

    user_id = models.BigIntegerField(primary_key=True)
    digest = models.SmallIntegerField(db_default=0)
    digest_hour = models.SmallIntegerField(db_default=8)
    # What the user said here, or nothing: then the zone of their quiet hours, and UTC without any.
    time_zone = models.TextField(db_default="")
    heard_zone = models.TextField(db_default="")
    due_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    told_id = models.BigIntegerField(db_default=0)
    # Off until its user asks for it: in most places a newsletter that nobody asked for is unlawful.
    newsletter = models.BooleanField(db_default=False)

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [
            # Of everybody: what the clock asks.
            models.Index("due_at", "user_id", name="mailings_due", condition=Q(due_at__isnull=False)),
            # Of everybody who gets a newsletter, a shard after the other: how an issue goes round.
            models.Index(
                Func("user_id", function="shard_of"),
                "user_id",
                name="mailings_readers",
                condition=Q(newsletter=True),
            ),
        ]
