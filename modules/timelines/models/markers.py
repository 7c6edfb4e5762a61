"""How far a user has read, on the user's shard."""

from typing import ClassVar

from django.db import models

from sharding.models import ShardedModel


class Marker(ShardedModel):
    """The newest thing that a user has read of a timeline; it only ever moves on, and `version` with it."""

    owner_key: ClassVar[str] = "user_id"

    pk = models.CompositePrimaryKey("user_id", "timeline")
    user_id = models.BigIntegerField()
    timeline = models.TextField()
    last_read_id = models.BigIntegerField()
    version = models.IntegerField(db_default=1)
    updated_at = models.DateTimeField()
