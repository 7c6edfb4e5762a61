"""Where somebody has got in from before."""

from django.db import models

from modules.accounts.models.users import User
from sharding.models import DirectoryModel


class KnownPlace(DirectoryModel):
    """
    An address, or a browser that keeps a cookie, from which all factors of an account were shown once.

    Only a digest is stored, made with a key: whoever reads the table learns no address and holds no cookie.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False)
    digest = models.CharField(max_length=64)
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="accounts_known_place")]
