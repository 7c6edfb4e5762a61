"""Making rankings, by the clock."""

from datetime import datetime, timedelta
from typing import Any, Final

from modules.posts import public as posts
from modules.timelines.models import Ranking
from modules.timelines.models.rankings import POSTS, TAGS, RankingName
from sharding.scope import writing_directory

# Whoever pages through one has so long.
KEPT: Final = timedelta(hours=1)


def rank_popular_posts(*, now: datetime) -> None:
    """Find the posts that are popular now; a second time makes a second ranking, which is as good."""
    popular = posts.rank_posts(now=now)
    _keep(POSTS, [list(post) for post in popular.posts], is_partial=popular.is_partial, now=now)


def rank_trending_tags(*, now: datetime) -> None:
    """Find the tags that trend now."""
    cards = posts.list_trending_tags(now=now)
    _keep(TAGS, [[card.tag, card.posts, card.authors] for card in cards], is_partial=False, now=now)


def _keep(name: RankingName, entries: list[list[Any]], *, is_partial: bool, now: datetime) -> None:
    """Keep a ranking, and forget those that nobody pages through any more."""
    with writing_directory():
        Ranking.objects.create(name=name, made_at=now, entries=entries, is_partial=is_partial)
        Ranking.objects.filter(name=name, made_at__lt=now - KEPT).delete()
