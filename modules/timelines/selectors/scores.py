"""
How posts are ranked: the one place where it is decided which of two is the better one.

A post has points: so many for each reaction, reply, and repost or quote. Being new is worth as much as being
liked: a post counts half as much a half-life later, so `1 + points` twice as many make good for one. The
score is the binary logarithm of both. Of two posts the difference of their scores is the same at any time, so
an order changes by what people do, and not by waiting.
"""

from datetime import datetime
from math import log2

from modules.posts.schemas import PostCounts
from modules.timelines.schemas import TimelineSettings
from sharding.ids import moment_of

_SECONDS_PER_HOUR = 3600


def score_of(post_id: int, counts: PostCounts | None, *, now: datetime, config: TimelineSettings) -> float:
    """Return the score of what came into a home by this post; without counts it has no points."""
    points = _points(counts, config) if counts else 0
    hours = max((now - moment_of(post_id)).total_seconds(), 0) / _SECONDS_PER_HOUR
    return log2(1 + points) - hours / config.top_half_life_hours


def _points(counts: PostCounts, config: TimelineSettings) -> int:
    """Return what people made of a post."""
    return (
        config.top_reaction_weight * sum(counts.reactions.values())
        + config.top_reply_weight * counts.replies
        + config.top_share_weight * (counts.reposts + counts.quotes)
    )
