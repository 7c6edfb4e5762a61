"""What happened (actions), and what is shown of it (groups): both on the shard of who is told."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from modules.kernel.stored_json import StoredJson
from sharding.ids import ShardedIdField
from sharding.models import ShardedModel

_SHOWN = Q(actor_count__gt=0, is_removed=False)


class Group(ShardedModel):
    """
    A notification: what happened to one subject while it was open, by however many people.

    `subject_id` is the post it is about, what was sent or noticed, or the recipient themselves. `last_id` is
    that of its newest action and its place in the list. `actor_count` is the number of its actions that count
    (nobody is an actor too); one of which all were withdrawn has none, and is shown again if any comes back.
    """

    owner_key: ClassVar[str] = "user_id"

    id = ShardedIdField()
    user_id = models.BigIntegerField()
    type = models.SmallIntegerField()
    subject_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    actor_count = models.IntegerField()
    is_read = models.BooleanField(db_default=False)
    # Deleted by its owner, or with the post that it is about.
    is_removed = models.BooleanField(db_default=False)
    name = models.TextField(db_default="")
    data = StoredJson(default=dict, db_default=models.Value("{}"))

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [
            models.Index("user_id", models.F("last_id").desc(), name="group_newest", condition=_SHOWN),
            models.Index(
                "user_id", "type", models.F("last_id").desc(), name="group_newest_of_type", condition=_SHOWN
            ),
            models.Index(
                "user_id",
                models.F("last_id").desc(),
                name="group_unread",
                condition=_SHOWN & Q(is_read=False),
            ),
            models.Index("user_id", "type", "subject_id", models.F("id").desc(), name="group_of_subject"),
            # Of everybody: what the clock forgets.
            models.Index("last_id", name="group_oldest"),
        ]


class Action(ShardedModel):
    """
    That somebody did something to a subject, once for each reply, quote or type of reaction.

    News of it comes at least once and in any order: `edge_id` tells a later time from an earlier one, and of
    one time its end comes last. One that has ended stays: whoever does the same again is news no more.
    `group_id` is the group it was told in; null of one whose end was heard of first. `is_counted` is one of
    each actor's in a group: the newest that stands.
    """

    owner_key: ClassVar[str] = "user_id"

    pk = models.CompositePrimaryKey("user_id", "type", "subject_id", "actor_id", "post_id", "reaction")
    user_id = models.BigIntegerField()
    type = models.SmallIntegerField()
    subject_id = models.BigIntegerField()
    # 0: nobody.
    actor_id = models.BigIntegerField()
    # The reply or quote, or 0.
    post_id = models.BigIntegerField()
    # The type of a reaction, or nothing.
    reaction = models.TextField()
    edge_id = models.BigIntegerField()
    is_active = models.BooleanField()
    is_counted = models.BooleanField()
    group_id = models.BigIntegerField(null=True)
    # Minted when it was told: its place among the actions of its group.
    action_id = models.BigIntegerField()

    class Meta(ShardedModel.Meta):
        abstract = False
        indexes = [
            models.Index("user_id", "group_id", models.F("action_id").desc(), name="action_of_group"),
            models.Index("user_id", "actor_id", name="action_of_actor", condition=Q(is_active=True)),
            models.Index("action_id", name="action_untold", condition=Q(group_id=None)),
        ]
