"""Tables of graph."""

from modules.graph.models.counts import FollowCount
from modules.graph.models.edges import FollowIn, FollowOut

__all__ = ["FollowCount", "FollowIn", "FollowOut"]
