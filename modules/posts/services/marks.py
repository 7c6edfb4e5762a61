"""Keeping the cache of a user's own marks in step with them."""

from typing import Final

from django.db import connections

from modules.kernel.derived import derived
from modules.kernel.redis.address import Argument
from modules.kernel.redis.client import Script
from modules.kernel.redis.servers import redis_of
from modules.kernel.redis.soon import run_soon
from modules.posts.events import BookmarksChanged, ReactionAdded, ReactionRemoved
from modules.posts.selectors.marks import BOOKMARKED, TTL_S, mine_key, pack
from sharding.scope import Write

_FIND: Final = """
    SELECT type FROM posts_reactionout WHERE user_id = %(user_id)s AND post_id = %(post_id)s
    UNION ALL
    SELECT %(saved)s FROM posts_bookmark WHERE user_id = %(user_id)s AND post_id = %(post_id)s"""

# What follows upon the version that is there is entered, if marks are loaded and it is told what they are.
# All else but an older version leaves the version alone: the next page loads the marks anew, and whoever read
# them before this cannot store what they read.
_CHANGE: Final = Script("""
local held = tonumber(redis.call('HGET', KEYS[1], 'v') or '')
local version, post_id, value = tonumber(ARGV[1]), ARGV[3], ARGV[4]
if held and held >= version then return 0 end
if held == version - 1 and post_id and redis.call('HEXISTS', KEYS[1], 'floor') == 1 then
  if value == '' then
    redis.call('HDEL', KEYS[1], post_id)
  else
    redis.call('HSET', KEYS[1], post_id, value)
  end
  redis.call('HSET', KEYS[1], 'v', ARGV[1])
  return 1
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'v', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
""")


@derived(ReactionAdded, ReactionRemoved, BookmarksChanged)
def cache_marks(user_id: int, *, version: int, post_id: int = 0, marks: bytes = b"") -> None:
    """
    Enter a change of a user's marks into the cache of them, if it is the next one; else have all loaded anew.

    `marks` are those that the user then has on the post; none of them is known without one.
    """
    change: list[Argument] = [post_id, marks] if post_id else []
    run_soon(redis_of(user_id), _CHANGE.call([mine_key(user_id)], [version, TTL_S, *change]))


def find_marks(write: Write, post_id: int) -> bytes:
    """
    Return a user's marks on a post as the cache has them, in the transaction that has changed one.

    After the change has got its version: then nobody else's change lies between the two.
    """
    with connections[write.alias].cursor() as cursor:
        cursor.execute(_FIND, {"user_id": write.owner_id, "post_id": post_id, "saved": BOOKMARKED})
        return pack([name for (name,) in cursor.fetchall()])
