"""What posts said before they were edited, on the author's shard."""

from typing import ClassVar

from django.db import models

from modules.kernel.stored_json import StoredJson
from sharding.models import ShardedModel


class PostRevision(ShardedModel):
    """A body that a post had up to this version of it; the newest fifty are kept."""

    owner_key: ClassVar[str] = "author_id"

    pk = models.CompositePrimaryKey("author_id", "post_id", "version")
    author_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    version = models.IntegerField()
    text = models.TextField()
    entities = StoredJson()
    custom = StoredJson()
    # Names alone: what no post shows is deleted.
    media_ids = StoredJson(default=list, db_default=models.Value("[]"))
    written_at = models.DateTimeField()
