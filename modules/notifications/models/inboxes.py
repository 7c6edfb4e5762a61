"""What there is once for each user: counts, marks and preferences; and the threads that they mute."""

from typing import ClassVar

from django.db import models

from modules.kernel.stored_json import StoredJson
from sharding.ids import ShardedIdField
from sharding.models import ShardedModel


class Inbox(ShardedModel):
    """
    The counts of a user's notifications; its row lock puts all changes of them in order.

    Unread are groups that are shown and not read; unseen, those of them above `seen_id`. `version` rises with
    every change of these. Preferences are kept as far as they are not as everybody's: ways by the name of
    their type.
    """

    owner_key: ClassVar[str] = "user_id"

    user_id = models.BigIntegerField(primary_key=True)
    unseen = models.IntegerField(db_default=0)
    unread = models.IntegerField(db_default=0)
    seen_id = models.BigIntegerField(db_default=0)
    version = models.BigIntegerField(db_default=0)
    channels = StoredJson(default=dict, db_default=models.Value("{}"))
    digest = models.SmallIntegerField(db_default=0)
    quiet_hours = StoredJson(null=True)
    preferences_version = models.IntegerField(db_default=0)


class MutedThread(ShardedModel):
    """A thread of which a user is told nothing, by its root; nobody else ever learns of it."""

    owner_key: ClassVar[str] = "user_id"

    pk = models.CompositePrimaryKey("user_id", "root_id")
    user_id = models.BigIntegerField()
    root_id = models.BigIntegerField()
    mute_id = ShardedIdField(primary_key=False)
