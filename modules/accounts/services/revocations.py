"""Telling Redis what the directory already knows: which sessions are dead."""

import logging

from django.conf import settings

from modules.kernel.hot import RedisAway, Script, hot

logger = logging.getLogger(__name__)

# Events may arrive in any order; an epoch never goes back. What is no epoch gives way to one.
_RAISE = Script("""
local known = redis.pcall('GET', KEYS[1])
known = type(known) == 'string' and string.match(known, '^%d+$') or '0'
if tonumber(ARGV[1]) < tonumber(known) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
""")


def token_mark(token_id: int) -> str:
    """Return the mark under which the end of an access token is announced."""
    return f"t{token_id}"


def key_mark(key_id: int) -> str:
    """Return the mark under which the end of a service key is announced."""
    return f"k{key_id}"


def announce_ended(*marks: int | str) -> None:
    """
    Make every cached entry of a session (its id), a token or a key (their marks) worthless; bears a repeat.

    :raises RedisAway: if Redis cannot be told now
    """
    hot().run(*[("SET", f"auth:ended:{mark}", 1, "EX", _life()) for mark in marks])


def announce_epoch(user_id: int, epoch: int) -> None:
    """
    Make every cached entry of a user with a lower epoch worthless; bears a repeat.

    :raises RedisAway: if Redis cannot be told now
    """
    hot().run(_RAISE.call(keys=[f"auth:epoch:{user_id}"], args=[epoch, _life()]))


def tell_ended(*marks: int | str) -> None:
    """Tell Redis at once; should it be away, whoever hears the event of it tells it later."""
    if not marks:
        return
    try:
        announce_ended(*marks)
    except RedisAway:
        logger.warning("Redis is away: what ended stays cached for some seconds: %s.", marks)


def tell_epoch(user_id: int, epoch: int) -> None:
    """Tell Redis at once; should it be away, whoever hears `SessionsRevoked` tells it later."""
    try:
        announce_epoch(user_id, epoch)
    except RedisAway:
        logger.warning("Redis is away: sessions of user %d stay cached for some seconds.", user_id)


def _life() -> int:
    """Return how long a mark must stand: longer than any entry that was read before and written after it."""
    return int(settings.ACCOUNTS.entry_life + settings.ACCOUNTS.entry_grace) * 2
