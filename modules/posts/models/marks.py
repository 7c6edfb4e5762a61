"""What is kept of a user's own marks on posts (reactions, bookmarks) beside the reactions themselves."""

from typing import ClassVar

from django.db import models

from sharding.ids import ShardedIdField
from sharding.models import ShardedModel


class Bookmark(ShardedModel):
    """A post that a user keeps for themselves: nobody else is told, so there is no other side."""

    owner_key: ClassVar[str] = "user_id"

    pk = models.CompositePrimaryKey("user_id", "post_id")
    user_id = models.BigIntegerField()
    post_id = models.BigIntegerField()
    # Says when, and is the list's place: a post may be much older than its bookmark.
    bookmark_id = ShardedIdField(primary_key=False)

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["user_id", "-bookmark_id"], name="bookmark_newest")]


class MarkCount(ShardedModel):
    """
    How often a user's marks have changed (`version`), and how many bookmarks they have.

    Changed last in each transaction that changes a mark: its row lock puts the changes of one user in order,
    which is how the cache of them tells an older state from a newer one.
    """

    owner_key: ClassVar[str] = "user_id"

    user_id = models.BigIntegerField(primary_key=True)
    version = models.BigIntegerField(db_default=0)
    bookmarks = models.IntegerField(db_default=0)
