"""What timelines announces: how far somebody has read; and to itself, what windows are owed."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerMoved:
    """A user has read further in a timeline; of two news the greater version is the newer one."""

    name: ClassVar[str] = "timelines.marker_moved.v1"

    user_id: int
    timeline: str
    last_read_id: int
    version: int
