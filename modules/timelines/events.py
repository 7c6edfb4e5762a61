"""What timelines announces, to itself: what windows are owed whose Redis is away."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOutDeferred:
    """A post has reached all windows but those in the Redis of one instance."""

    name: ClassVar[str] = "timelines.fan_out_deferred.v1"

    post_id: int
    author_id: int
    instance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillDeferred:
    """The home of a new follower lacks the author's posts from before."""

    name: ClassVar[str] = "timelines.backfill_deferred.v1"

    author_id: int
    follower_id: int
