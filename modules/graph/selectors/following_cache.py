"""
The following cache: whom a user follows, in Redis, asked by every home read.

`fol:{user}` is a set of decimal ids that always holds "0", so that someone who follows nobody has a set
too. Beside it stands `folv:{user}`, a token that each change of the user's edges replaces. Whoever loads
the set reads the token first, then the primary, and stores only if the token is still the same: an old
read cannot bury a new edge. Nothing here is the truth; without Redis every caller asks PostgreSQL.
"""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from itertools import compress

from modules.graph.selectors.follows import list_following_ids
from modules.kernel.redis.address import Argument
from modules.kernel.redis.client import RedisUnavailable, Script
from modules.kernel.redis.servers import redis_of

TTL_S = 3600
ATTEMPTS = 3

_STORE = Script("""
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
for i = 3, #ARGV, 1000 do
  redis.call('SADD', KEYS[1], unpack(ARGV, i, math.min(i + 999, #ARGV)))
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
""")


def following_key(user_id: int) -> str:
    """Return the key of whom the user follows, for scripts that read it beside their own keys."""
    return f"fol:{user_id}"


def version_key(user_id: int) -> str:
    """Return the key of the token that changes with the user's edges."""
    return f"folv:{user_id}"


def ensure_following(user_id: int) -> bool:
    """
    Load whom the user follows into Redis if it is not there, and return whether it is.

    False means that Redis is away, or that the user's edges change faster than they can be read: ask
    the shard instead.
    """
    try:
        return any(_find_or_load(user_id) for _ in range(ATTEMPTS))
    except RedisUnavailable:
        return False


def load_following(user_id: int) -> list[int]:
    """
    Return whom the user follows, as of now (from the primary), and have Redis know it if it does not.

    For whoever needs the list and will ask Redis next: one read for both.
    """
    with suppress(RedisUnavailable):
        is_there, token = _look(user_id)
        ids = list_following_ids(user_id)
        if not is_there:
            with suppress(RedisUnavailable):
                _store(user_id, token, ids)
        return ids
    return list_following_ids(user_id)


def find_followed(user_id: int, person_ids: Sequence[int]) -> frozenset[int] | None:
    """Return those of the people whom the user follows, by membership; None if the cache cannot say."""
    asked: list[Argument] = [0, *person_ids]
    try:
        [[is_loaded, *follows]] = redis_of(user_id).run(("SMISMEMBER", following_key(user_id), *asked))
    except RedisUnavailable:
        return None
    return frozenset(compress(person_ids, follows)) if is_loaded else None


def _find_or_load(user_id: int) -> bool:
    is_there, token = _look(user_id)
    return is_there or _store(user_id, token, list_following_ids(user_id))


def _look(user_id: int) -> tuple[bool, Argument]:
    """Return whether the set is there, and the token with which it may be stored."""
    version = version_key(user_id)
    # Random, not counted: a count that Redis evicted would start again and come by an old value.
    fresh = secrets.token_hex(8)
    is_there, _, token = redis_of(user_id).run(
        ("SISMEMBER", following_key(user_id), 0),
        ("SET", version, fresh, "NX", "EX", TTL_S),
        ("GET", version),
    )
    return bool(is_there), token


def _store(user_id: int, token: Argument, ids: Sequence[int]) -> bool:
    keys = [following_key(user_id), version_key(user_id)]
    [stored] = redis_of(user_id).run(_STORE.call(keys, [token, TTL_S, 0, *ids]))
    return bool(stored)
