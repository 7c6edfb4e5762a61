"""What is not published yet, on the author's shard: a table of its own, so that no list can show it."""

from typing import ClassVar

from django.db import models

from modules.kernel.stored_json import StoredJson
from sharding.ids import ShardedIdField
from sharding.models import ShardedModel


class Draft(ShardedModel):
    """
    A draft, checked as a post is. What became of it stands in `post_id`, in the transaction of that post.

    `publish_at` is what its author wants; from `try_after` on the clock looks at it, which is later where it
    could not be published then. What it replies to and quotes was looked at when it was written, and is again
    when it is published: if that is refused then, both times are gone and `refused_by` is the code why.
    """

    owner_key: ClassVar[str] = "author_id"

    id = ShardedIdField()
    author_id = models.BigIntegerField()
    text = models.TextField()
    entities = StoredJson()
    audience = models.SmallIntegerField()
    custom = StoredJson()
    media_ids = StoredJson(default=list, db_default=models.Value("[]"))
    reply_policy = models.SmallIntegerField()
    publish_at = models.DateTimeField(null=True)
    try_after = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    post_id = models.BigIntegerField(null=True)
    reply_to_id = models.BigIntegerField(null=True)
    quote_of_id = models.BigIntegerField(null=True)
    refused_by = models.TextField(db_default="")
    refused_at = models.DateTimeField(null=True)

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [
            # All that the clock reads each minute: nothing, most of the time.
            models.Index(
                fields=["try_after", "id"],
                name="posts_draft_due",
                condition=models.Q(try_after__isnull=False),
            ),
            models.Index(fields=["author_id", "-id"], name="posts_draft_newest"),
        ]
