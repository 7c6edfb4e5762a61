"""Where people want to be pushed to, and whose each subscription is."""

from typing import ClassVar

from django.db import models

from sharding.ids import ShardedIdField
from sharding.models import DirectoryModel, ShardedModel


class Device(ShardedModel):
    """
    A browser or an app that a user is pushed to, under an id that the client chose.

    `target` is the address of a browser's subscription or the token of an app: whoever knows it can push, so
    nobody is shown it again. It ends with the session that registered it. `failures` are those since a push
    was last taken; until `paused_until` nothing is tried.
    """

    owner_key: ClassVar[str] = "user_id"

    id = ShardedIdField()
    user_id = models.BigIntegerField()
    device_id = models.UUIDField()
    kind = models.SmallIntegerField()
    name = models.TextField()
    target = models.TextField()
    # A browser's keys, in base64url; nothing of an app.
    p256dh = models.TextField()
    auth = models.TextField()
    session_id = models.BigIntegerField()
    # By which the directory knows that the target is this device's (`Subscription`).
    claim = models.UUIDField()
    failures = models.SmallIntegerField(db_default=0)
    paused_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    # When it was last registered, which clients do at each start.
    used_at = models.DateTimeField()

    class Meta(ShardedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["user_id", "device_id"], name="device_of_user")]


class Subscription(DirectoryModel):
    """
    Whose a target is, by its digest: a browser that two people share is of who registered it last.

    This is the authority. A device whose `claim` is not the one here is pushed nothing, and goes by and by.
    """

    objects: ClassVar[models.Manager["Subscription"]]

    digest = models.BinaryField(primary_key=True)
    user_id = models.BigIntegerField()
    claim = models.UUIDField(unique=True)
