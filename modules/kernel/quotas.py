"""
Small quotas that hold in every window, not on average.

`limits` smooths: a quota may be spent at once and comes back bit by bit, so that a window may see nearly
twice of it. Where five has to mean five (guesses at a secret, mails to one person), the moments of the last
uses are kept instead, as many as the quota is large, and the oldest of them decides. One Lua script, one
trip; all of several quotas are charged, or none.

Without Redis each process counts by itself, at its share of the quota, and at least one.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial

from django.conf import settings

from modules.kernel.limits import Cost, LimitReached, RateLimitState, configured
from modules.kernel.redis.client import RedisUnavailable, Script
from modules.kernel.redis.servers import DIRECTORY, redis

# Newest first. The answer names the quota that refuses longest, counted from one, and for how long; or zero.
# A use far in the future is none of ours, and would refuse for as long as it stood.
_ACQUIRE = Script("""
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local refusing, wait = 0, 0
for i, key in ipairs(KEYS) do
  local oldest = redis.call('LINDEX', key, ARGV[2 * i - 1] - 1)
  local left = oldest and oldest + ARGV[2 * i] - now or 0
  if left > 2 * ARGV[2 * i] then error('no moment of ours') end
  if left > wait then refusing, wait = i, left end
end
if refusing > 0 then return {refusing, wait} end
for i, key in ipairs(KEYS) do
  redis.call('LPUSH', key, string.format('%.0f', now))
  redis.call('LTRIM', key, 0, ARGV[2 * i - 1] - 1)
  redis.call('PEXPIRE', key, math.ceil(ARGV[2 * i] / 1000))
end
return {0, 0}
""")
_REFUND = Script("""
for _, key in ipairs(KEYS) do redis.call('LPOP', key) end
return 1
""")
_SECOND = 1_000_000
_MAX_KEPT = 10_000


def acquire(*costs: Cost) -> Callable[[], None]:
    """
    Cost one use to every quota, in one trip; return what gives it back, should it turn out to be none.

    :raises LimitReached: if any is used up; none is charged then
    """
    here = [Cost(configured(limit), key) for limit, key in costs]
    try:
        refusing, wait = _acquire_shared(here)
        refund = partial(_refund_shared, here)
    except RedisUnavailable:
        refusing, wait = _local().acquire(here, settings.LIMITS.processes)
        refund = partial(_local().refund, here)
    if refusing:
        limit = here[refusing - 1].limit
        # `RateLimitState` tells when all is back; what is known here is when one is.
        reset = wait / _SECOND + limit.window - limit.interval / _SECOND
        raise LimitReached(RateLimitState(limit, False, 0, reset))
    return refund


def _key(cost: Cost) -> str:
    return f"rq:{cost.limit.name}:{cost.key}"


def _acquire_shared(costs: Sequence[Cost]) -> tuple[int, int]:
    arguments = [part for limit, _ in costs for part in (limit.quota, limit.window * _SECOND)]
    [(refusing, wait)] = redis(DIRECTORY).run(_ACQUIRE.call([_key(cost) for cost in costs], arguments))
    return refusing, wait


def _refund_shared(costs: Sequence[Cost]) -> None:
    """Take back the newest use, whosever it was: the count is what matters. Without Redis it is lost."""
    with suppress(RedisUnavailable):
        redis(DIRECTORY).run(_REFUND.call([_key(cost) for cost in costs]))


class _Local:
    """The same count in this process, for as long as Redis is away."""

    def __init__(self) -> None:
        """Start with nobody known."""
        self._uses: dict[Cost, deque[int]] = {}
        self._lock = threading.Lock()

    def acquire(self, costs: Sequence[Cost], processes: int) -> tuple[int, int]:
        """Cost all or none, each at this process's share; return which refuses and for how long."""
        now = time.monotonic_ns() // 1000
        with self._lock:
            waits = [self._wait(cost, processes, now) for cost in costs]
            if (wait := max(waits)) > 0:
                return waits.index(wait) + 1, wait
            if len(self._uses) > _MAX_KEPT:
                self._forget(now)
            for cost in costs:
                self._uses.setdefault(cost, deque(maxlen=cost.limit.quota)).appendleft(now)
        return 0, 0

    def refund(self, costs: Sequence[Cost]) -> None:
        """Take back the newest uses."""
        with self._lock:
            for cost in costs:
                if uses := self._uses.get(cost):
                    uses.popleft()

    def _wait(self, cost: Cost, processes: int, now: int) -> int:
        share = max(1, cost.limit.quota // processes)
        uses = self._uses.get(cost, ())
        return uses[share - 1] + cost.limit.window * _SECOND - now if len(uses) >= share else 0

    def _forget(self, now: int) -> None:
        """Drop whoever has everything back; if all are in debt, a flood of keys does not cost memory."""
        self._uses = {
            cost: uses
            for cost, uses in self._uses.items()
            if uses and uses[0] + cost.limit.window * _SECOND > now
        }
        if len(self._uses) > _MAX_KEPT:
            self._uses.clear()


@cache
def _local() -> _Local:
    return _Local()
