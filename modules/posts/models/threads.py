"""Replies, as the posts above them know: who replied, where threads are read and replies are counted."""

from typing import ClassVar

from django.db import models

from sharding.models import ShardedModel


class ThreadEntry(ShardedModel):
    """
    A reply, found under a post: under the root of its thread, and under the post it replies to.

    The reply's own row is the authority, on its author's shard; these are mirrors, each on the shard of the
    post above. Where both posts are the same there is one entry. One under its own parent is counted there.
    One that was deleted stays as a tombstone: late news must not bring it back, and replies to it hang on it.
    """

    owner_key: ClassVar[str] = "post_id"
    erased_by: ClassVar[str] = "the purge of the post, unless others have replied"

    pk = models.CompositePrimaryKey("post_id", "reply_id")
    post_id = models.BigIntegerField()
    reply_id = models.BigIntegerField()
    parent_id = models.BigIntegerField()
    author_id = models.BigIntegerField()
    is_active = models.BooleanField(db_default=True)

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [
            models.Index(
                fields=["post_id", "-reply_id"],
                condition=models.Q(is_active=True),
                name="thread_entry_newest",
            ),
            models.Index(
                fields=["post_id", "parent_id", "-reply_id"],
                condition=models.Q(is_active=True),
                name="thread_entry_children",
            ),
        ]
