"""A mail that waits for a worker to send it."""

from django.db import models

from sharding.models import DirectoryModel


class MailKind(models.TextChoices):
    """Why somebody is mailed, which says what comes first and what goes to an address that bounced."""

    # Somebody asked for it a moment ago: a code, mostly. It goes to every address.
    ASKED = "asked"
    # What was done to an account.
    NOTICE = "notice"
    # One of many: they go when nothing else waits.
    BULK = "bulk"


class Mail(DirectoryModel):
    """
    One mail to one address; gone as soon as it was sent, for it may hold a code.

    The request that wants it sent writes it, so that no mail server slows a request or fails one.
    """

    id = models.BigAutoField(primary_key=True)
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    # What its HTML is made of; none of what a release before this has written.
    content = models.JSONField(null=True)
    kind = models.CharField(max_length=6, choices=MailKind.choices, db_default=MailKind.ASKED)
    created_at = models.DateTimeField(db_index=True)
    # Until then a worker is at it, or was.
    try_after = models.DateTimeField(db_index=True)

    class Meta:
        # It was made before mail was a context of its own.
        db_table = "accounts_mail"
        indexes = [
            # What goes before all that is one of many: few, whatever else waits.
            models.Index(fields=["try_after", "id"], name="mail_first", condition=~models.Q(kind="bulk")),
            models.Index(fields=["try_after", "id"], name="mail_bulk", condition=models.Q(kind="bulk")),
        ]
