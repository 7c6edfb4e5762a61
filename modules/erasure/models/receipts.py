"""What went of an erased user, on the shard where it was."""

from typing import ClassVar

from django.db import models

from sharding.models import ShardedModel


class Receipt(ShardedModel):
    """
    How many rows of one table an erasure has deleted, counted in the transactions that deleted them.

    So whatever is killed meanwhile, it says what went. It moves with the shard.
    """

    owner_key: ClassVar[str] = "user_id"
    erased_by: ClassVar[str] = "nothing: it is what proves the erasure, and says nothing but a number"

    pk = models.CompositePrimaryKey("user_id", "table")
    user_id = models.BigIntegerField()
    table = models.TextField()
    rows = models.BigIntegerField(db_default=0)
    last_at = models.DateTimeField()
