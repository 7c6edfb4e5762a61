"""What other contexts may call: re-exported functions and errors, nothing else."""

from modules.graph.errors import (
    AccountPrivate,
    CannotFollowYourself,
    FollowingCapReached,
    PendingWithoutGoingPublic,
    UserNotFound,
)
from modules.graph.selectors.blocks import list_blocks
from modules.graph.selectors.counts import get_own_counts, map_counts
from modules.graph.selectors.followers import (
    batch_follower_ids,
    list_follow_requests,
    list_followers,
    select_followers,
)
from modules.graph.selectors.following_cache import ensure_following, following_key, load_following
from modules.graph.selectors.follows import (
    is_following,
    list_following,
    list_following_ids,
    map_relationships,
)
from modules.graph.selectors.mutes import list_mutes
from modules.graph.selectors.privacy import is_private, list_private
from modules.graph.selectors.pulled import is_pulled, pulled_author_ids
from modules.graph.selectors.ties import list_silenced
from modules.graph.selectors.viewers import viewer_of
from modules.graph.selectors.years import count_new_followers
from modules.graph.services.blocks import block
from modules.graph.services.bulk import add_edges_in_bulk
from modules.graph.services.counts import hide_counts
from modules.graph.services.follows import follow, unfollow
from modules.graph.services.mutes import mute
from modules.graph.services.privacy import set_private

__all__ = [
    "AccountPrivate",
    "CannotFollowYourself",
    "FollowingCapReached",
    "PendingWithoutGoingPublic",
    "UserNotFound",
    "add_edges_in_bulk",
    "batch_follower_ids",
    "block",
    "count_new_followers",
    "ensure_following",
    "follow",
    "following_key",
    "get_own_counts",
    "hide_counts",
    "is_following",
    "is_private",
    "is_pulled",
    "list_blocks",
    "list_follow_requests",
    "list_followers",
    "list_following",
    "list_following_ids",
    "list_mutes",
    "list_private",
    "list_silenced",
    "load_following",
    "map_counts",
    "map_relationships",
    "mute",
    "pulled_author_ids",
    "select_followers",
    "set_private",
    "unfollow",
    "viewer_of",
]
