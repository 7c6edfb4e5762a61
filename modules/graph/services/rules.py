"""Keeping the rule sets in step with the edges."""

import secrets
from collections.abc import Collection

import structlog

from modules.graph.selectors.rules import LIFE_S, rules_key, version_key
from modules.kernel.hot import Command, RedisAway, hot

log = structlog.get_logger(__name__)


def drop_rules(*user_ids: int) -> None:
    """
    Drop the rule sets of users whose edges changed; the next home read loads them anew.

    Dropped, not edited: two edits of one user could arrive in the wrong order, two drops cannot. The
    token changes first, so that a load that is under way does not store what it read before.

    :raises RedisAway: if Redis cannot be asked now
    """
    commands: list[Command] = []
    for user_id in user_ids:
        commands.append(("SET", version_key(user_id), secrets.token_hex(8), "EX", LIFE_S))
        commands.append(("DEL", rules_key(user_id)))
    hot().run(*commands)


def drop_rules_now(user_ids: Collection[int]) -> None:
    """Drop rule sets in the request that changed the edges; if Redis is away, the event's subscriber will."""
    try:
        drop_rules(*user_ids)
    except RedisAway as fault:
        log.warning("rules.not_dropped", users=len(user_ids), reason=str(fault))
