"""Usernames that nobody may take."""

from django.db import models

from sharding.models import DirectoryModel


class ReservedName(DirectoryModel):
    """
    A username kept from sign-up, because readers would take its holder for the operator.

    Few rows, read by every sign-up and changed by hand: what cachalot is for (docs/caching.md).
    """

    username = models.CharField(max_length=30, primary_key=True)
    # A look-alike of a reserved name deceives as well as the name.
    skeleton = models.CharField(max_length=60, editable=False)
