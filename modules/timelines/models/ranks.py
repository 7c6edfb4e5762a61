"""
Rankings: a home's best posts in the order of one moment, in their owner's Redis, so that pages stand still.

`rank:{user}` is a HASH: under each moment (Unix time in ms) what was ranked then, best first, 24 bytes each.
It holds a user's newest few and is not the truth: each page asks anew what may be shown of it.
"""

import struct
from collections.abc import Iterable
from contextlib import suppress
from typing import Final, NamedTuple

from django.conf import settings

from modules.kernel.redis.client import Script, Unreadable
from modules.kernel.redis.servers import redis_of
from modules.timelines.models.windows import Entry

# Of one user: somebody reads on so many devices, and whoever asks again and again fills no Redis.
_KEPT: Final = 4
# As they are read: an id of ours has 63 bits, so whatever is not above zero here is none.
_RANKED = struct.Struct(">qqd")

# Repeated, it keeps the same under another moment, which nobody has heard of.
_KEEP = Script("""
local at = tonumber(ARGV[1])
while redis.call('HSETNX', KEYS[1], string.format('%.0f', at), ARGV[2]) == 0 do at = at + 1 end
local moments = {}
for _, moment in ipairs(redis.call('HKEYS', KEYS[1])) do
  moments[#moments + 1] = {tonumber(moment) or 0, moment}
end
table.sort(moments, function(one, other) return one[1] < other[1] end)
for i = 1, #moments - tonumber(ARGV[3]) do redis.call('HDEL', KEYS[1], moments[i][2]) end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return at
""")
_READ = Script("""
local ranked = redis.call('HGET', KEYS[1], ARGV[1])
if not ranked then return false end
return {#ranked, string.sub(ranked, ARGV[2] * 24 + 1, (ARGV[2] + ARGV[3]) * 24)}
""")


class Ranked(NamedTuple):
    """An entry of a home with what ranked it; the greater the score, the further up."""

    entry: Entry
    score: float


def rank_key(user_id: int) -> bytes:
    """Return the key of a user's rankings."""
    return b"rank:%d" % user_id


def keep(user_id: int, ranked: Iterable[Ranked], *, moment: int) -> int:
    """
    Keep a ranking for ten minutes; return the moment (Unix time in ms) that it is found by.

    :raises RedisUnavailable: if it cannot be kept
    """
    packed = b"".join([_RANKED.pack(*entry, score) for entry, score in ranked])
    call = _KEEP.call([rank_key(user_id)], [moment, packed, _KEPT, settings.TIMELINES.top_seconds])
    # What was none of ours is gone by then.
    with suppress(Unreadable):
        return int(redis_of(user_id).run(call)[0])
    return int(redis_of(user_id).run(call)[0])


def read(user_id: int, moment: int, *, first: int, count: int) -> list[Ranked] | None:
    """
    Return so many of a ranking from a place on, best first, or None if it is not there any more.

    :raises RedisUnavailable: if nobody can tell now
    """
    key = rank_key(user_id)
    try:
        (reply,) = redis_of(user_id).run(_READ.call([key], [moment, first, count]))
    except Unreadable:
        return None
    if reply is None:
        return None
    size, packed = reply
    if size % _RANKED.size == 0:
        found = [Ranked(Entry(*ids), score) for *ids, score in _RANKED.iter_unpack(packed)]
        if all(min(each.entry) > 0 for each in found):
            return found
    redis_of(user_id).discard(key, reason="no ranking")
    return None
