"""What allauth's provider does not remember: which tokens come from one consent, and which were used up."""

from django.db import models

from modules.accounts.models.users import User
from sharding.models import DirectoryModel


class TokenFamily(DirectoryModel):
    """
    All that comes from one consent of a user to an app: its code, and tokens refreshed however often.

    Codes and tokens carry its id in their `data`. The app is allauth's row: its id stands here without a
    foreign key, and so does the session in which the user said yes, for it is gone long before.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    app_id = models.CharField(max_length=100)
    session_id = models.BigIntegerField(null=True, db_index=True)
    # When the user last proved who they are before they said yes: `auth_time` of OpenID Connect.
    authenticated_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        # Of old ones the clock asks whether any of their tokens lives.
        indexes = [models.Index(fields=["created_at"], name="accounts_tokenfamily_age")]


class SpentToken(DirectoryModel):
    """
    A code or refresh token that was exchanged; who shows it again has stolen it, or was stolen from.

    So stands here, of no family, the challenge of a passkey that was answered.

    A client that lost the answer gets it again for some seconds. It is kept encrypted by a key that the spent
    token alone yields, so that this table opens nothing.
    """

    token_hash = models.CharField(max_length=64, primary_key=True)
    family = models.ForeignKey(TokenFamily, null=True, on_delete=models.CASCADE)
    expires_at = models.DateTimeField(db_index=True)
    answer = models.BinaryField(null=True)
    answer_until = models.DateTimeField(null=True, db_index=True)
