"""Addresses that mail does not reach, or should not."""

from django.db import models

from sharding.models import DirectoryModel


class Reason(models.TextChoices):
    """What came back."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"


class UndeliverableAddress(DirectoryModel):
    """An address that refuses mail for good, or whose owner called ours spam; only its digest is kept."""

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    since = models.DateTimeField()
