"""Usernames of accounts that were erased, for a while nobody's."""

from django.db import models

from sharding.models import DirectoryModel


class HeldName(DirectoryModel):
    """
    A name that nobody may take until then, so that nobody passes for who was just erased.

    The digest is made with a key, of what look-alikes share: whoever reads the table learns no name.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    until = models.DateTimeField(db_index=True)
