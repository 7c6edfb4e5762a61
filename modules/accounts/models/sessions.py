"""A session: where somebody is logged in, or on the way to it."""

from django.db import models

from modules.accounts.models.users import User
from sharding.models import DirectoryModel


class Session(DirectoryModel):
    """
    One session of a client; whoever knows its key is its user.

    Only a digest of the key is stored, so that a stolen table opens no door. The id is there to be
    named in events, which carry ids alone.
    """

    id = models.BigAutoField(primary_key=True)
    key_hash = models.CharField(max_length=64)
    # Absent until the log-in is complete.
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE)
    epoch = models.PositiveIntegerField(null=True)
    # JSON as text: what a half-done log-in keeps may hold characters that jsonb refuses.
    data = models.TextField()
    # Where the log-in came from, for its user to recognize it by.
    address = models.CharField(max_length=45, db_default="")
    user_agent = models.CharField(max_length=200, db_default="")
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        # A constraint, not `unique=True`: that would add a second index for LIKE, which nobody asks.
        constraints = [models.UniqueConstraint(fields=["key_hash"], name="accounts_session_key")]
