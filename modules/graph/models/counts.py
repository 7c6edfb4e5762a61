"""How many edges a user has, changed in the transaction that changes the edge."""

from django.db import models

from sharding.models import ShardedModel


class FollowCount(ShardedModel):
    """
    A user's counts, exact on their shard at every moment, and whether their posts are pulled.

    Counted is what the lists show: an edge that stands and whose other end is not closed.

    Whoever changes a user's edges locks this row first. It comes into being with the first edge.
    """

    owner_key = "user_id"

    user_id = models.BigIntegerField(primary_key=True)
    followers = models.IntegerField(db_default=0)
    following = models.IntegerField(db_default=0)
    # Open requests of the user's own: neither counted nor listed, but bounded together with whom they follow.
    requested = models.IntegerField(db_default=0)
    # Whether following them takes their consent; profiles shows it on the card, written in one transaction.
    is_private = models.BooleanField(db_default=False)
    # What accounts says of the user, as far as heard; the version grows with each change, and tells its
    # effects on others' edges from those of an earlier one.
    is_closed = models.BooleanField(db_default=False)
    status_version = models.IntegerField(db_default=0)
    # The user's own wish: nobody else is shown them.
    are_hidden = models.BooleanField(db_default=False)
    is_pulled = models.BooleanField(db_default=False)
    pulled_until = models.DateTimeField(null=True)
    # Grows with each change of the user's exceptions (blocks of either side, mutes, hidden reposts); 0: there
    # never was one.
    ties_version = models.IntegerField(db_default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["user_id"],
                condition=models.Q(is_pulled=True) | models.Q(pulled_until__isnull=False),
                name="follow_count_pulled",
            )
        ]
