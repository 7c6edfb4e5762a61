"""How far the erasure of an account has come, in the directory."""

from django.db import models

from sharding.models import DirectoryModel


class Erasure(DirectoryModel):
    """
    One account's erasure, which outlives it: nothing but ids, numbers and moments.

    `stage` only ever rises (`schemas.py`). `quiet_looks` counts the looks in a row that found no news of the
    user under way. `directory` and `redis` are what went there, by table and by server; what went on the
    user's shard stands in its receipts. `claimed_until` is how long a worker has it alone.
    """

    user_id = models.BigIntegerField(primary_key=True)
    stage = models.SmallIntegerField(db_default=0)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    quiet_looks = models.SmallIntegerField(db_default=0)
    directory = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    redis = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        indexes = [
            models.Index(
                fields=["begun_at"], name="erasure_open", condition=models.Q(finished_at__isnull=True)
            ),
        ]
