"""Reposts and quotes: once for each user and original at who reposts, and mirrored at the original."""

from typing import ClassVar

from django.db import models

from sharding.models import ShardedModel


class Repost(ShardedModel):
    """That a user reposts a post, and by which post of theirs: what makes it one. It goes with that post."""

    owner_key: ClassVar[str] = "user_id"

    pk = models.CompositePrimaryKey("user_id", "original_id")
    user_id = models.BigIntegerField()
    original_id = models.BigIntegerField()
    post_id = models.BigIntegerField()


class Share(ShardedModel):
    """
    A repost or a quote, at the post that it passes on; counted there by kind.

    The repost's or quote's own row is the authority. One that is gone stays as a tombstone.
    """

    owner_key: ClassVar[str] = "original_id"
    erased_by: ClassVar[str] = "the purge of the post, unless others pass it on"

    pk = models.CompositePrimaryKey("original_id", "post_id")
    original_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    author_id = models.BigIntegerField()
    kind = models.SmallIntegerField()
    is_active = models.BooleanField(db_default=True)

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [
            models.Index(
                fields=["original_id", "kind", "-post_id"],
                condition=models.Q(is_active=True),
                name="share_newest",
            )
        ]
