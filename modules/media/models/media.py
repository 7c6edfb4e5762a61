"""Images and videos, on their owner's shard; their bytes lie in the storage."""

from typing import ClassVar

from django.db import models

from modules.kernel.stored_json import StoredJson
from sharding.ids import ShardedIdField
from sharding.models import ShardedModel


class Media(ShardedModel):
    """
    An image or a video. The codes of `kind`, `state` and `purpose` stand in schemas.py.

    `version` rises with every change of the card. `attempts` counts how often it was begun to be processed,
    and names the folder that attempt writes to, so that no file ever changes.
    """

    owner_key: ClassVar[str] = "owner_id"

    id = ShardedIdField()
    owner_id = models.BigIntegerField()
    kind = models.SmallIntegerField()
    purpose = models.SmallIntegerField()
    state = models.SmallIntegerField(db_default=0)
    reason = models.CharField(max_length=40, db_default="")
    version = models.IntegerField(default=1)
    # What was announced, and in the end what arrived.
    type = models.CharField(max_length=40)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_default="")
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    blurhash = models.CharField(max_length=200, db_default="")
    alt = models.CharField(max_length=1500, db_default="")
    focus_x = models.FloatField(null=True)
    focus_y = models.FloatField(null=True)
    variants = StoredJson(default=list, db_default=models.Value("[]"))
    # The post, draft or user that shows it.
    attached_to = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    attempts = models.SmallIntegerField(db_default=0)
    # Until when whoever processes it has it alone; then the clock has it begun anew.
    claimed_until = models.DateTimeField(null=True)

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [
            # What the clock reads: what nothing shows, and what somebody began and did not end.
            models.Index(
                fields=["created_at", "id"],
                name="media_media_orphans",
                condition=models.Q(attached_to=None),
            ),
            models.Index(
                fields=["claimed_until", "id"],
                name="media_media_processing",
                condition=models.Q(claimed_until__isnull=False),
            ),
            # All of one owner's: their archive, and their erasure.
            models.Index(fields=["owner_id", "id"], name="media_media_of_owner"),
            # What went with a post, draft or profile.
            models.Index(
                fields=["attached_to"],
                name="media_media_attached",
                condition=models.Q(attached_to__isnull=False),
            ),
        ]
