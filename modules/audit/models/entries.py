"""The record of what was done."""

from django.db import models

from sharding.models import DirectoryModel


class AuditEntry(DirectoryModel):
    """
    Something done with power over others, written before it is done; a trigger refuses to change it.

    Ids stand without foreign keys: what was done outlives the app, the key and the account.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=40)
    # With which app's power; absent where a person did it without one.
    app_id = models.CharField(max_length=100, null=True)  # noqa: DJ001 - absence is NULL
    key_id = models.BigIntegerField(null=True)
    # Who did it, if a person; and for whom it was done, if for one.
    actor_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    method = models.CharField(max_length=10, blank=True)
    path = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=128, blank=True)

    class Meta:
        # It was made before audit was a context of its own.
        db_table = "accounts_auditentry"
        indexes = [models.Index(fields=["app_id", "id"], name="accounts_audit_app")]
