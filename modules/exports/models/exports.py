"""Exports, and when their users may have the next: both on the user's shard. The files lie in the storage."""

from typing import ClassVar

from django.db import models

from sharding.ids import ShardedIdField
from sharding.models import ShardedModel


class Export(ShardedModel):
    """
    Something that a user wants to have of their own. The codes of `kind` and `state` stand in schemas.py.

    `attempts` counts how often it was begun, and names the folder that attempt writes to. Whoever is at it
    has it alone until `claimed_until`, and says so again each second; then the clock has it begun anew. The
    row goes with the file.
    """

    owner_key: ClassVar[str] = "user_id"

    id = ShardedIdField()
    user_id = models.BigIntegerField()
    kind = models.SmallIntegerField()
    year = models.SmallIntegerField(null=True)
    state = models.SmallIntegerField(db_default=0)
    progress = models.SmallIntegerField(db_default=0)
    error = models.CharField(max_length=40, db_default="")
    attempts = models.SmallIntegerField(db_default=0)
    created_at = models.DateTimeField()
    # Null of what is finished; of what is not, when the clock looks at it.
    claimed_until = models.DateTimeField(null=True)
    # Null of what is not finished.
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=80, db_default="")
    bytes = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, db_default="")

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [
            # One user's newest: all that the list asks for.
            models.Index("user_id", models.F("id").desc(), name="exports_newest"),
            # Of everybody: what the clock reads, nothing most of the time.
            models.Index(
                fields=["claimed_until", "id"],
                name="exports_unfinished",
                condition=models.Q(claimed_until__isnull=False),
            ),
            models.Index(
                fields=["expires_at", "id"],
                name="exports_expiring",
                condition=models.Q(expires_at__isnull=False),
            ),
        ]


class Allowance(ShardedModel):
    """
    From when on a user may have another export of a kind, and the export that it is counted from.

    Its row lock puts those who ask at once in order. It outlives the export: deleting one gives no other.
    """

    owner_key: ClassVar[str] = "user_id"

    pk = models.CompositePrimaryKey("user_id", "kind")
    user_id = models.BigIntegerField()
    kind = models.SmallIntegerField()
    export_id = models.BigIntegerField(db_default=0)
    free_at = models.DateTimeField()
