"""Posts and how many each author has, both on the author's shard."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from modules.kernel.stored_json import StoredJson
from modules.posts.schemas import REPOST
from sharding.ids import ShardedIdField
from sharding.models import ShardedModel


class Post(ShardedModel):
    """
    A post; a deleted one stays as a tombstone, so that its card cannot be rendered again.

    `version` rises with every change of the card. The codes of `audience` and `reply_policy`, and the columns
    of a new row, stand in schemas.py.
    """

    owner_key: ClassVar[str] = "author_id"
    erased_by: ClassVar[str] = "the steps of posts, for a post takes others' rows with it"

    id = ShardedIdField()
    author_id = models.BigIntegerField()
    text = models.TextField()
    published_at = models.DateTimeField()
    version = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)
    # When its body was purged, of a deleted one that stays for what others have hung on it.
    purged_at = models.DateTimeField(null=True)
    audience = models.SmallIntegerField(db_default=0)
    # What was found in the text when it was written, as cards show it.
    entities = StoredJson(default=list, db_default=models.Value("[]"))
    custom = StoredJson(default=dict, db_default=models.Value("{}"))
    edited_at = models.DateTimeField(null=True)
    # What it shows, in order; whatever else is known of it is media's.
    media_ids = StoredJson(default=list, db_default=models.Value("[]"))
    # A post, a repost or a quote; what it replies to, what began the thread, and what it passes on.
    kind = models.SmallIntegerField(db_default=0)
    reply_to_id = models.BigIntegerField(null=True)
    reply_to_author_id = models.BigIntegerField(null=True)
    root_id = models.BigIntegerField(null=True)
    root_author_id = models.BigIntegerField(null=True)
    # How many posts are above it in its thread.
    depth = models.SmallIntegerField(db_default=0)
    original_id = models.BigIntegerField(null=True)
    original_author_id = models.BigIntegerField(null=True)
    reply_policy = models.SmallIntegerField(db_default=0)
    # An id that says when its author pinned it; nothing of it is in the card.
    pin_id = models.BigIntegerField(null=True)

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [
            # One author's newest: all that lists and homes ask for, and they get it from the index alone.
            models.Index(
                "author_id",
                models.F("id").desc(),
                name="posts_post_newest",
                condition=models.Q(deleted_at=None),
            ),
            # The same without replies, without reposts, or without both: a profile shows any of these, and
            # however many of the others somebody has, a page is one read of an index.
            models.Index(
                "author_id",
                models.F("id").desc(),
                name="posts_post_newest_own",
                condition=models.Q(deleted_at=None, reply_to_id=None) & ~models.Q(kind=REPOST),
            ),
            models.Index(
                "author_id",
                models.F("id").desc(),
                name="posts_post_newest_no_reposts",
                condition=models.Q(deleted_at=None) & ~models.Q(kind=REPOST),
            ),
            models.Index(
                "author_id",
                models.F("id").desc(),
                name="posts_post_newest_no_replies",
                condition=models.Q(deleted_at=None, reply_to_id=None),
            ),
            # The few that authors have pinned.
            models.Index(
                "author_id",
                models.F("pin_id").desc(),
                name="posts_post_pinned",
                condition=models.Q(deleted_at=None, pin_id__isnull=False),
            ),
            # What the clock purges, the oldest first; and what somebody has deleted, when they are erased.
            models.Index(
                fields=["deleted_at", "id"],
                name="posts_post_to_purge",
                condition=models.Q(deleted_at__isnull=False, purged_at=None),
            ),
            models.Index(
                fields=["author_id", "deleted_at"],
                name="posts_post_deleted",
                condition=models.Q(deleted_at__isnull=False),
            ),
            # What posts are found by; the expression is `post_words`, of a migration. Of all rows, for the
            # planner keeps no statistics of what is in a partial one. New rows wait in a list that every
            # search looks through, so it is kept short.
            GinIndex(
                models.Func("text", function="post_words"),
                name="posts_post_words",
                gin_pending_list_limit=1024,
            ),
        ]


class AuthorCount(ShardedModel):
    """How many posts an author has that are not deleted; changed in the post's own transaction."""

    owner_key: ClassVar[str] = "author_id"

    author_id = models.BigIntegerField(primary_key=True)
    posts = models.BigIntegerField()
