"""
Tags: which posts have one, at the tag's shard, and how much it is used, in the directory.

A tag belongs to nobody, so its owner is the word itself: `tag_id` is made of it (`sharding.ids.id_of_key`).
"""

from typing import ClassVar

from django.db import models

from sharding.models import DirectoryModel, ShardedModel


class Tag(ShardedModel):
    """
    A tag that posts have, or had; its row lock puts the changes of its list in order.

    One that no post has may be forgotten: then it has no text. `kept` is how many rows the list has. At or
    below `floor_id` nothing is kept: the list holds the newest posts alone.
    """

    owner_key: ClassVar[str] = "tag_id"
    erased_by: ClassVar[str] = "nothing: a word belongs to nobody"

    tag_id = models.BigIntegerField(primary_key=True)
    tag = models.TextField()
    kept = models.IntegerField(db_default=0)
    floor_id = models.BigIntegerField(db_default=0)


class TagPost(ShardedModel):
    """
    That a post has a tag. The post's own row is the authority, on its author's shard; this is a mirror.

    One that was removed stays as a tombstone with its version: news comes at least once, in any order, and a
    late beginning must not bring back what has ended.
    """

    owner_key: ClassVar[str] = "tag_id"
    erased_by: ClassVar[str] = "the news that the post is gone, which leaves a tombstone"

    pk = models.CompositePrimaryKey("tag_id", "post_id")
    tag_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    author_id = models.BigIntegerField()
    version = models.IntegerField()
    is_active = models.BooleanField(db_default=True)

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [
            models.Index(
                fields=["tag_id", "-post_id"],
                condition=models.Q(is_active=True),
                name="tag_post_newest",
            )
        ]

    @property
    def age(self) -> tuple[int, bool]:
        """Return what orders the states of one row: by version, and of one version its end comes last."""
        return self.version, not self.is_active


class TagTotal(DirectoryModel):
    """
    A tag that somebody has used, for those who look for it by its beginning.

    `authors` counts whoever used it, each at most once in 24 hours; it orders what is found.
    """

    tag = models.TextField(primary_key=True)
    authors = models.BigIntegerField(db_default=0)
    last_used_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Beginnings are found by the second index that Django makes for a text that is a key.
            models.Index(fields=["last_used_at"], name="tag_total_last_used"),
        ]


class TagStat(DirectoryModel):
    """
    How much a tag was used in an hour: posts that had it when they were published, and authors.

    An author counts once in 24 hours, so that the sum over 24 hours is how many there were, and nobody makes
    a trend alone. What is deleted later was used all the same.
    """

    pk = models.CompositePrimaryKey("tag", "hour")
    tag = models.TextField()
    hour = models.DateTimeField()
    posts = models.IntegerField(db_default=0)
    authors = models.IntegerField(db_default=0)

    class Meta:
        indexes = [models.Index(fields=["hour"], name="tag_stat_hour")]


class TagUse(DirectoryModel):
    """When an author was last counted among those who use a tag; forgotten after 24 hours."""

    pk = models.CompositePrimaryKey("tag", "author_id")
    tag = models.TextField()
    author_id = models.BigIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["counted_at"], name="tag_use_counted")]
