"""Posts and how many each author has, both on the author's shard."""

from typing import ClassVar

from django.db import models

from sharding.ids import ShardedIdField
from sharding.models import ShardedModel


class Post(ShardedModel):
    """A post; a deleted one stays as a tombstone, so that its card cannot be rendered again."""

    owner_key: ClassVar[str] = "author_id"

    id = ShardedIdField()
    author_id = models.BigIntegerField()
    text = models.TextField()
    published_at = models.DateTimeField()
    version = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [
            # One author's newest: all that lists and homes ask for, and they get it from the index alone.
            models.Index(
                "author_id",
                models.F("id").desc(),
                name="posts_post_newest",
                condition=models.Q(deleted_at=None),
            )
        ]


class AuthorCount(ShardedModel):
    """How many posts an author has that are not deleted; changed in the post's own transaction."""

    owner_key: ClassVar[str] = "author_id"

    author_id = models.BigIntegerField(primary_key=True)
    posts = models.BigIntegerField()
