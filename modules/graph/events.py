"""What graph announces: ids only, frozen, under names that never change their meaning."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Somebody follows somebody; recorded on the follower's shard, which is the authority."""

    name: ClassVar[str] = "graph.followed.v1"

    follower_id: int
    target_id: int
    edge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollowed:
    """The edge of this id is gone; a newer edge between the two may exist already."""

    name: ClassVar[str] = "graph.unfollowed.v1"

    follower_id: int
    target_id: int
    edge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Somebody blocks somebody; recorded on the blocker's shard. For no third party's ears."""

    name: ClassVar[str] = "graph.blocked.v1"

    user_id: int
    target_id: int
    edge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unblocked:
    """The block of this id is over; a newer one between the two may exist already."""

    name: ClassVar[str] = "graph.unblocked.v1"

    user_id: int
    target_id: int
    edge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockReceived:
    """A block stands on the side of whom it keeps out as well."""

    name: ClassVar[str] = "graph.block_received.v1"

    user_id: int
    blocker_id: int
    edge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TiesChanged:
    """A user's exceptions are others than before: blocks of either side, mutes, hidden reposts."""

    name: ClassVar[str] = "graph.ties_changed.v1"

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRequested:
    """Somebody asks to follow a private account; recorded on the shard of who asks. `Unfollowed` ends it."""

    name: ClassVar[str] = "graph.follow_requested.v1"

    follower_id: int
    target_id: int
    edge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowAccepted:
    """A user has accepted a request; recorded on their shard, which is the authority for that."""

    name: ClassVar[str] = "graph.follow_accepted.v1"

    user_id: int
    follower_id: int
    edge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRejected:
    """A user has rejected a request; the edge of this id never comes to be."""

    name: ClassVar[str] = "graph.follow_rejected.v1"

    user_id: int
    follower_id: int
    edge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRevoked:
    """A user has removed a follower; the edge of this id ends."""

    name: ClassVar[str] = "graph.follow_revoked.v1"

    user_id: int
    follower_id: int
    edge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowConfirmed:
    """An accepted edge stands on the follower's side as well: they follow from now on."""

    name: ClassVar[str] = "graph.follow_confirmed.v1"

    follower_id: int
    target_id: int
    edge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsAnswered:
    """
    A user has answered all requests at once, going public: those made up to an edge.

    It is done in parts: this one is for those after an edge.
    """

    name: ClassVar[str] = "graph.requests_answered.v1"

    user_id: int
    are_accepted: bool
    after_edge_id: int
    last_edge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WentPublic:
    """An account that was private is so no longer: what its user said to everybody is for everybody now."""

    name: ClassVar[str] = "graph.went_public.v1"

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerAdded:
    """The followee's side of an edge stands, so that posts reach the follower from now on."""

    name: ClassVar[str] = "graph.follower_added.v1"

    user_id: int
    follower_id: int
    edge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerRemoved:
    """The followee's side of an edge is gone."""

    name: ClassVar[str] = "graph.follower_removed.v1"

    user_id: int
    follower_id: int
    edge_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged:
    """
    An account was closed, or opened again, and the edges of its user have heard nothing of it.

    Later versions of one user end the earlier ones. What its followers count is told in parts, by edge: this
    one is for those after an edge.
    """

    name: ClassVar[str] = "graph.status_changed.v1"

    user_id: int
    version: int
    is_closed: bool
    after_edge_id: int
