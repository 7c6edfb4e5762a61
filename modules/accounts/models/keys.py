"""Keys with which services call."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from modules.accounts.models.users import User
from sharding.models import DirectoryModel


class ServiceKey(DirectoryModel):
    """
    A key of an app; whoever knows it is that app.

    Only a digest is stored. `prefix` is what lists show, so that a key that was found can be told.
    """

    id = models.BigAutoField(primary_key=True)
    # An app is allauth's row, so its id stands here without a foreign key; its deletion deletes its keys.
    app_id = models.CharField(max_length=100, db_index=True)
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=20)
    key_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=50))
    # Whether it may name a user in Banyan-On-Behalf-Of; only an operator can give that away.
    may_act_for_users = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_hash"], name="accounts_service_key")]
