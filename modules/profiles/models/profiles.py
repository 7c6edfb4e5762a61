"""A profile: what a user shows of themselves."""

from django.db import models

from modules.kernel.stored_json import StoredJson
from sharding.models import ShardedModel

# The one status whose cards are shown, and that of users whose accounts are closed.
ACTIVE, CLOSED = 1, 2


class Profile(ShardedModel):
    """
    A user's profile, on the user's shard.

    `username` is a copy: the claim stands in the directory. `version` rises with every change of the
    card, so that of two copies of a card the newer one is known.
    """

    owner_key = "user_id"

    user_id = models.BigIntegerField(primary_key=True)
    username = models.CharField(max_length=30)
    display_name = models.CharField(max_length=50)
    bio = models.CharField(max_length=500, db_default="")
    custom = StoredJson(default=dict, db_default=models.Value("{}"))
    status = models.PositiveSmallIntegerField(db_default=ACTIVE)
    # What media knew of each picture when it was put there (None: there is none).
    avatar = StoredJson(null=True)
    cover = StoredJson(null=True)
    # What graph decides by, as the card shows it; both are written in one transaction.
    is_private = models.BooleanField(db_default=False)
    version = models.PositiveIntegerField(db_default=1)
