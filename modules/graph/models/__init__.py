"""Tables of graph."""

from modules.graph.models.blocks import BlockIn, BlockOut
from modules.graph.models.counts import FollowCount
from modules.graph.models.edges import FollowIn, FollowOut
from modules.graph.models.mutes import Mute

__all__ = ["BlockIn", "BlockOut", "FollowCount", "FollowIn", "FollowOut", "Mute"]
