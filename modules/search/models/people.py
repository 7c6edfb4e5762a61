"""Whom people find: one row of the directory for each, kept by the news of their profiles."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from sharding.models import DirectoryModel


class FoundPerson(DirectoryModel):
    """
    What somebody is found by. That it is here says nothing: profiles decides at each read who sees whom.

    `version` is that of the profile it was made from: older news changes nothing. Of a closed account the row
    stays, so that none that comes late opens it.
    """

    user_id = models.BigIntegerField(primary_key=True)
    username = models.CharField(max_length=30)
    # The words of both names as `folding` has them, a space before each: ` ada ada lovelace`.
    words = models.TextField()
    # As others see it, 0 where it is hidden; as of the last look at all of them.
    followers = models.BigIntegerField(db_default=0)
    is_open = models.BooleanField()
    version = models.BigIntegerField()

    class Meta:
        indexes = [
            GinIndex(
                fields=["words"],
                opclasses=["gin_trgm_ops"],
                name="search_person_words",
                condition=models.Q(is_open=True),
            ),
        ]
