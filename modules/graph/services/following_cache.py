"""Keeping the following cache in step with the edges."""

import secrets

from modules.graph.events import FollowConfirmed, Followed, Unfollowed
from modules.graph.selectors.following_cache import TTL_S, following_key, version_key
from modules.kernel.derived import derived
from modules.kernel.redis.client import Command
from modules.kernel.redis.servers import group_by_redis
from modules.kernel.redis.several import tell_each


@derived(FollowConfirmed, Followed, Unfollowed)
def drop_following(*user_ids: int) -> None:
    """
    Drop from the cache whom users follow, because it changed; the next home read loads it anew.

    Dropped, not edited: two edits of one user could arrive in the wrong order, two drops cannot. The
    token changes first, so that a load that is under way does not store what it read before.
    """
    tell_each(
        {
            client: [command for user_id in its for command in _drop(user_id)]
            for client, its in group_by_redis(user_ids).items()
        }
    )


def _drop(user_id: int) -> tuple[Command, Command]:
    return (
        ("SET", version_key(user_id), secrets.token_hex(8), "EX", TTL_S),
        ("DEL", following_key(user_id)),
    )
