"""
Limits: how often somebody may ask, exact however many ask at once.

The generic cell rate algorithm (ITU-T I.371): of each key one moment is kept, at which its whole quota will
have come back. A request moves it on by one interval of the window, and is refused if that would leave the
window. One Lua script does it for several limits in one trip, and charges all of them or none. The `limits`
package was the alternative; it costs a trip for each limit, and costs the first before the second refuses.

Without Redis each process counts by itself, at its share of the quota: nobody is let through uncounted.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from math import ceil
from typing import NamedTuple

from django.conf import settings

from modules.kernel.errors import TooMany
from modules.kernel.redis.client import RedisUnavailable, Script
from modules.kernel.redis.servers import DIRECTORY, redis

# Redis keeps whole microseconds: doubles of Lua are exact up to 2^53, which these reach in the year 2255.
# A moment beyond the window was never written here, and would refuse for as long as it stood; the second
# window is for clocks that were set back.
_ACQUIRE = Script("""
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local allowed, moments = 1, {}
for i, key in ipairs(KEYS) do
  local interval, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local moment = math.max(tonumber(redis.call('GET', key) or now), now)
  if not (moment <= now + 2 * window) then error('no moment of ours') end
  moments[i] = moment
  if moment + interval - now > window then allowed = 0 end
end
for i, key in ipairs(KEYS) do
  if allowed == 1 then
    moments[i] = moments[i] + tonumber(ARGV[2 * i - 1])
    redis.call('SET', key, string.format('%.0f', moments[i]), 'PX', math.ceil((moments[i] - now) / 1000))
  end
  moments[i] = moments[i] - now
end
return {allowed, unpack(moments)}
""")
_REFUND = Script("""
local moment = redis.call('GET', KEYS[1])
if not moment then return 0 end
redis.call('SET', KEYS[1], string.format('%.0f', moment - ARGV[1]), 'KEEPTTL')
return 1
""")
_SECOND = 1_000_000
_MAX_CACHED = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `quota` requests at once, which come back evenly in `window` seconds; a refused one is free."""

    name: str
    quota: int
    window: int

    @property
    def interval(self) -> int:
        """Return the microseconds after which one request has come back."""
        return self.window * _SECOND // self.quota


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """How limits are kept: off for load tests alone. `processes` share what Redis cannot count."""

    is_on: bool = True
    processes: int = 1
    # Those whose figures differ here from what was declared, by name.
    changed: Mapping[str, Limit] = field(default_factory=dict)

    def with_limits(self, *limits: Limit) -> "LimitSettings":
        """Return the same with other figures for some limits."""
        return replace(self, changed={**self.changed, **{limit.name: limit for limit in limits}})


class DeclaredLimit(NamedTuple):
    """A limit with its figures of here, and what it counts, in words for integrators."""

    limit: Limit
    counts: str


_declared: dict[str, DeclaredLimit] = {}


def declare(name: str, quota: int, window: int, *, counts: str) -> Limit:
    """
    Return a limit of a context; whatever shows limits knows it from then on.

    :raises ValueError: if another has that name
    """
    if name in _declared:
        raise ValueError(f"There is a limit {name!r} already.")
    limit = Limit(name, quota, window)
    _declared[name] = DeclaredLimit(limit, counts)
    return limit


def list_declared() -> list[DeclaredLimit]:
    """Return every limit of the contexts that are loaded, by name, with the figures that hold here."""
    return [DeclaredLimit(configured(limit), counts) for _, (limit, counts) in sorted(_declared.items())]


def configured(limit: Limit) -> Limit:
    """Return a limit with the figures that hold here."""
    return settings.LIMITS.changed.get(limit.name, limit)


class Cost(NamedTuple):
    """A limit, and on whose account one request is to be put."""

    limit: Limit
    key: str


class RateLimitState(NamedTuple):
    """How somebody stands after a charge: what is left now, and when all of it is back, in seconds."""

    limit: Limit
    is_allowed: bool
    remaining: int
    reset: float

    @property
    def retry_after(self) -> int:
        """Return the whole seconds after which one request will pass."""
        return max(1, ceil(self.reset + self.limit.interval / _SECOND - self.limit.window))


class LimitReached(TooMany):
    """Whoever asks has used up what there is for now."""

    code = "limit_reached"
    title = "A limit is reached; wait before the next request."

    def __init__(self, state: RateLimitState) -> None:
        """Tell which limit it was and when to come back."""
        limit, wait = state.limit, state.retry_after
        super().__init__(
            f"The limit '{limit.name}' is {limit.quota} in {limit.window} seconds; come back in {wait}.",
            retry_after=wait,
        )
        self.state = state


def acquire(*costs: Cost) -> list[RateLimitState]:
    """
    Cost one request to every account, in one trip.

    :raises LimitReached: if any has nothing left; none is charged then
    """
    here = [Cost(configured(limit), key) for limit, key in costs]
    try:
        states = _acquire_shared(here)
    except RedisUnavailable:
        states = _local().acquire(here, settings.LIMITS.processes)
    refused = [state for state in states if not state.is_allowed]
    if refused:
        raise LimitReached(max(refused, key=lambda state: state.retry_after))
    return states


def refund(cost: Cost) -> None:
    """Return one request to an account; without Redis it is simply lost."""
    try:
        redis(DIRECTORY).run(_REFUND.call([_key(cost)], [configured(cost.limit).interval]))
    except RedisUnavailable:
        return


def _key(cost: Cost) -> str:
    return f"rl:{cost.limit.name}:{cost.key}"


def _acquire_shared(costs: Sequence[Cost]) -> list[RateLimitState]:
    arguments = [part for limit, _ in costs for part in (limit.interval, limit.window * _SECOND)]
    [(allowed, *moments)] = redis(DIRECTORY).run(_ACQUIRE.call([_key(cost) for cost in costs], arguments))
    return [
        _state(cost.limit, moment, charged=bool(allowed)) for cost, moment in zip(costs, moments, strict=True)
    ]


def _state(limit: Limit, moment: int, *, charged: bool) -> RateLimitState:
    """Return the state of a limit whose quota is back in so many microseconds."""
    room = limit.window * _SECOND - moment
    return RateLimitState(limit, charged or room >= limit.interval, room // limit.interval, moment / _SECOND)


class _Local:
    """The same count in this process, for as long as Redis is away."""

    def __init__(self) -> None:
        """Start with nobody known."""
        self._moments: dict[Cost, int] = {}
        self._lock = threading.Lock()

    def acquire(self, costs: Sequence[Cost], processes: int) -> list[RateLimitState]:
        """Cost all or none, each at this process's share of its quota."""
        now = time.monotonic_ns() // 1000
        with self._lock:
            found = [self._stand(cost, processes, now) for cost in costs]
            if not all(state.is_allowed for state in found):
                return found
            if len(self._moments) > _MAX_CACHED:
                self._forget(now)
            return [self._charge(cost, state, now) for cost, state in zip(costs, found, strict=True)]

    def _stand(self, cost: Cost, processes: int, now: int) -> RateLimitState:
        own = Limit(cost.limit.name, max(1, cost.limit.quota // processes), cost.limit.window)
        return _state(own, max(self._moments.get(cost, now), now) - now, charged=False)

    def _charge(self, cost: Cost, state: RateLimitState, now: int) -> RateLimitState:
        moment = max(self._moments.get(cost, now), now) + state.limit.interval
        self._moments[cost] = moment
        return _state(state.limit, moment - now, charged=True)

    def _forget(self, now: int) -> None:
        """Drop whoever has everything back; if all are in debt, a flood of keys does not cost memory."""
        self._moments = {key: moment for key, moment in self._moments.items() if moment > now}
        if len(self._moments) > _MAX_CACHED:
            self._moments.clear()


@cache
def _local() -> _Local:
    return _Local()
