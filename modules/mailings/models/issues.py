"""Issues of the newsletter, and how far each has gone round; in the directory, beside the mails."""

from typing import ClassVar, Final

from django.db import models

from sharding.models import DirectoryModel

# A row holds the place in here.
DRAFT, SENDING, PAUSED, CANCELED, SENT = range(5)
# The shards are gone through in so many parts, side by side.
PARTS: Final = 64
SHARDS_OF_PART: Final = 4096 // PARTS


class Issue(DirectoryModel):
    """One issue: a draft until it is sent, then as it is for ever."""

    objects: ClassVar[models.Manager["Issue"]]

    id = models.BigAutoField(primary_key=True)
    subject = models.TextField()
    content = models.JSONField()
    state = models.SmallIntegerField(db_default=DRAFT)
    version = models.IntegerField(db_default=1)
    author_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)


class Part(DirectoryModel):
    """
    How far an issue has gone round some shards: all their readers up to a shard and a user were looked at.

    The mails of a step are written in the transaction that moves this on, so nobody is mailed twice.
    """

    objects: ClassVar[models.Manager["Part"]]

    pk = models.CompositePrimaryKey("issue_id", "first_shard")
    issue_id = models.BigIntegerField()
    first_shard = models.SmallIntegerField()
    after_shard = models.SmallIntegerField()
    after_id = models.BigIntegerField(db_default=0)
    mailed = models.IntegerField(db_default=0)
    # Without an address that is proven, or with an account that is closed.
    passed_over = models.IntegerField(db_default=0)
    is_done = models.BooleanField(db_default=False)
    moved_at = models.DateTimeField()
