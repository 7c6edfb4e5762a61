"""Finished rankings, in the directory: what is popular, as the clock found it."""

from typing import ClassVar, Final, Literal

from django.db import models

from sharding.models import DirectoryModel

RankingName = Literal["posts", "tags"]
POSTS: Final[RankingName] = "posts"
TAGS: Final[RankingName] = "tags"


class Ranking(DirectoryModel):
    """
    A ranking as it was at one moment; it never changes, and newer ones come beside it.

    Pages of one refer to it, so the last ones are kept for a while. `entries` are (post, author) or (tag,
    posts, authors), the first the best; partial is one that lacks what could not be read.
    """

    objects: ClassVar[models.Manager["Ranking"]]

    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    made_at = models.DateTimeField()
    entries = models.JSONField()
    is_partial = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["name", "-id"], name="timelines_ranking_newest")]
