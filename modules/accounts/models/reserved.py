"""Usernames that nobody may take, and the words that make them."""

from django.db import models

from sharding.models import DirectoryModel


class ReservedName(DirectoryModel):
    """
    A word that is kept from sign-up, because readers would take its holder for the operator.

    Few rows, read by every sign-up and changed by hand: what cachalot is for (docs/caching.md).
    """

    class Kind(models.TextChoices):
        """What the word does to a name: selectors/reserved.py."""

        # Nobody's as a whole, nor with nothing but fillings and digits around it: `security_team`.
        NAME = "name"
        # Nor as one of several words, whatever the others are: `admin_bob`.
        ROLE = "role"
        # Says nothing by itself: `team`.
        FILLING = "filling"
        # Given free by an operator, whatever words it is made of.
        ALLOWED = "allowed"

    username = models.CharField(max_length=30, primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NAME)
