"""Keeping the following cache in step with the edges."""

import secrets
from collections.abc import Collection

import structlog

from modules.graph.selectors.following_cache import TTL_S, following_key, version_key
from modules.kernel.hot import Command, RedisAway, hot

log = structlog.get_logger(__name__)


def drop_following(*user_ids: int) -> None:
    """
    Drop from the cache whom users follow, because it changed; the next home read loads it anew.

    Dropped, not edited: two edits of one user could arrive in the wrong order, two drops cannot. The
    token changes first, so that a load that is under way does not store what it read before.

    :raises RedisAway: if Redis cannot be asked now
    """
    commands: list[Command] = []
    for user_id in user_ids:
        commands.append(("SET", version_key(user_id), secrets.token_hex(8), "EX", TTL_S))
        commands.append(("DEL", following_key(user_id)))
    hot().run(*commands)


def drop_following_now(user_ids: Collection[int]) -> None:
    """Drop it in the request that changed the edges; if Redis is away, the event's subscriber will."""
    try:
        drop_following(*user_ids)
    except RedisAway as fault:
        log.warning("following_cache.not_dropped", users=len(user_ids), reason=str(fault))
