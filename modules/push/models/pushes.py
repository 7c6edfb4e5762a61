"""What is to be pushed, and what was lately."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sharding.ids import ShardedIdField
from sharding.models import ShardedModel


class Push(ShardedModel):
    """
    That a device is to be told of a notification, as it is in this version of its user's.

    `due_at` is when it is to be sent; null once it was, or need not be any more. While a worker sends it that
    lies ahead, so that it comes again if the worker dies. What was sent stays for a while (`sent_count`,
    `sent_at`): more news of the same comes at growing intervals.
    """

    owner_key: ClassVar[str] = "user_id"

    id = ShardedIdField()
    user_id = models.BigIntegerField()
    device_id = models.UUIDField()
    group_id = models.BigIntegerField()
    version = models.BigIntegerField()
    due_at = models.DateTimeField(null=True)
    planned_at = models.DateTimeField()
    sent_count = models.SmallIntegerField(db_default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta(ShardedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["user_id", "group_id", "device_id"], name="push_of_group")
        ]
        indexes = [
            # Of everybody: what the clock sends, and what it forgets.
            models.Index("due_at", name="push_due", condition=Q(due_at__isnull=False)),
            models.Index("planned_at", name="push_oldest"),
        ]
