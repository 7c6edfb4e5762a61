"""What allauth's provider does not remember: which tokens come from one consent, and which were used up."""

from django.db import models

from modules.accounts.models.users import User
from sharding.models import DirectoryModel


class TokenFamily(DirectoryModel):
    """
    All tokens that come from one consent of a user to an app, refreshed however often.

    Tokens carry its id in their `data`. The app is allauth's row: its id stands here without a foreign key.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    app_id = models.CharField(max_length=100)
    created_at = models.DateTimeField()


class SpentToken(DirectoryModel):
    """
    A code or refresh token that was exchanged; who shows it again has stolen it, or was stolen from.

    The row comes before the exchange, in its transaction: of two that come at once, one waits and is late.
    """

    token_hash = models.CharField(max_length=64, primary_key=True)
    family = models.ForeignKey(TokenFamily, null=True, on_delete=models.CASCADE)
    expires_at = models.DateTimeField(db_index=True)
