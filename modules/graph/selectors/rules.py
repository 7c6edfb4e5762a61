"""
The viewer's rule set: whom he follows, in Redis, asked by every home read.

`fol:{user}` is a set of decimal ids that always holds "0", so that someone who follows nobody has a set
too. Beside it stands `folv:{user}`, a token that each change of the user's edges replaces. Whoever loads
the set reads the token first, then the primary, and stores only if the token is still the same: an old
read cannot bury a new edge. Nothing here is the truth; without Redis every caller asks PostgreSQL.
"""

import secrets

from modules.graph.selectors.follows import list_following_ids
from modules.kernel.hot import RedisAway, Script, hot

LIFE_S = 3600
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


def rules_key(user_id: int) -> str:
    """Return the key of the user's rule set, for scripts that read it beside their own keys."""
    return f"fol:{user_id}"


def version_key(user_id: int) -> str:
    """Return the key of the token that changes with the user's edges."""
    return f"folv:{user_id}"


def ensure_rules(user_id: int) -> bool:
    """
    Load the user's rule set into Redis if it is not there, and return whether it is.

    False means that Redis is away, or that the user's edges change faster than they can be read: ask
    `is_following` instead.
    """
    try:
        return any(_find_or_load(user_id) for _ in range(ATTEMPTS))
    except RedisAway:
        return False


def get_following(user_id: int) -> frozenset[int]:
    """Return everybody the user follows, from the rule set if it is loaded, else from the primary."""
    try:
        [members] = hot().run(("SMEMBERS", rules_key(user_id)))
        following = frozenset(map(int, members))
    except RedisAway:
        following = frozenset()
    except ValueError as fault:
        hot().discard(rules_key(user_id), reason=type(fault).__name__)
        following = frozenset()
    return following - {0} if 0 in following else frozenset(list_following_ids(user_id))


def _find_or_load(user_id: int) -> bool:
    key, version = rules_key(user_id), version_key(user_id)
    # Random, not counted: a count that Redis evicted would start again and come by an old value.
    fresh = secrets.token_hex(8)
    is_there, _, token = hot().run(
        ("SISMEMBER", key, 0), ("SET", version, fresh, "NX", "EX", LIFE_S), ("GET", version)
    )
    if is_there:
        return True
    ids = list_following_ids(user_id)
    [stored] = hot().run(_STORE.call([key, version], [token, LIFE_S, 0, *ids]))
    return bool(stored)
