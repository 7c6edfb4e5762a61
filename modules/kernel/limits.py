"""
Limits: how often somebody may ask, exact however many ask at once.

The generic cell rate algorithm (ITU-T I.371): of each key one moment is kept, at which its whole quota will
have come back. A request moves it on by one share of the window, and is refused if that would leave the
window. One Lua script does it for several limits in one trip, and charges all of them or none. The `limits`
package was the alternative; it costs a trip for each limit, and charges the first before the second refuses.

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
from modules.kernel.hot import RedisAway, Script, hot

# Redis keeps whole microseconds: doubles of Lua are exact up to 2^53, which these reach in the year 2255.
# A moment beyond the window was never written here, and would refuse for as long as it stood; the second
# window is for clocks that were set back.
_TAKE = Script("""
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local allowed, moments = 1, {}
for i, key in ipairs(KEYS) do
  local share, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local moment = math.max(tonumber(redis.call('GET', key) or now), now)
  if not (moment <= now + 2 * window) then error('no moment of ours') end
  moments[i] = moment
  if moment + share - now > window then allowed = 0 end
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
_GIVE_BACK = Script("""
local moment = redis.call('GET', KEYS[1])
if not moment then return 0 end
redis.call('SET', KEYS[1], string.format('%.0f', moment - ARGV[1]), 'KEEPTTL')
return 1
""")
_SECOND = 1_000_000
_KEPT_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `quota` requests at once, which come back evenly in `window` seconds; a refused one is free."""

    name: str
    quota: int
    window: int

    @property
    def share(self) -> int:
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


class Declared(NamedTuple):
    """A limit with its figures of here, and what it counts, in words for integrators."""

    limit: Limit
    counts: str


_declared: dict[str, Declared] = {}


def declare(name: str, quota: int, window: int, *, counts: str) -> Limit:
    """
    Return a limit of a context; whatever shows limits knows it from then on.

    :raises ValueError: if another has that name
    """
    if name in _declared:
        raise ValueError(f"There is a limit {name!r} already.")
    limit = Limit(name, quota, window)
    _declared[name] = Declared(limit, counts)
    return limit


def list_declared() -> list[Declared]:
    """Return every limit of the contexts that are loaded, by name, with the figures that hold here."""
    return [Declared(configured(limit), counts) for _, (limit, counts) in sorted(_declared.items())]


def configured(limit: Limit) -> Limit:
    """Return a limit with the figures that hold here."""
    return settings.LIMITS.changed.get(limit.name, limit)


class Charge(NamedTuple):
    """A limit, and on whose account one request is to be put."""

    limit: Limit
    key: str


class Standing(NamedTuple):
    """How somebody stands after a charge: what is left now, and when all of it is back, in seconds."""

    limit: Limit
    is_allowed: bool
    remaining: int
    reset: float

    @property
    def retry_after(self) -> int:
        """Return the whole seconds after which one request will pass."""
        return max(1, ceil(self.reset + self.limit.share / _SECOND - self.limit.window))


class LimitReached(TooMany):
    """Whoever asks has used up what there is for now."""

    code = "limit_reached"
    title = "A limit is reached; wait before the next request."

    def __init__(self, standing: Standing) -> None:
        """Tell which limit it was and when to come back."""
        limit, wait = standing.limit, standing.retry_after
        super().__init__(
            f"The limit '{limit.name}' is {limit.quota} in {limit.window} seconds; come back in {wait}.",
            retry_after=wait,
        )
        self.standing = standing


def take(*charges: Charge) -> list[Standing]:
    """
    Charge one request to every account, in one trip.

    :raises LimitReached: if any has nothing left; none is charged then
    """
    here = [Charge(configured(limit), key) for limit, key in charges]
    try:
        standings = _take_shared(here)
    except RedisAway:
        standings = _local().take(here, settings.LIMITS.processes)
    refused = [standing for standing in standings if not standing.is_allowed]
    if refused:
        raise LimitReached(max(refused, key=lambda standing: standing.retry_after))
    return standings


def give_back(charge: Charge) -> None:
    """Return one request to an account; without Redis it is simply lost."""
    try:
        hot().run(_GIVE_BACK.call([_key(charge)], [configured(charge.limit).share]))
    except RedisAway:
        return


def _key(charge: Charge) -> str:
    return f"rl:{charge.limit.name}:{charge.key}"


def _take_shared(charges: Sequence[Charge]) -> list[Standing]:
    arguments = [part for limit, _ in charges for part in (limit.share, limit.window * _SECOND)]
    [(allowed, *moments)] = hot().run(_TAKE.call([_key(charge) for charge in charges], arguments))
    return [
        _standing(charge.limit, moment, charged=bool(allowed))
        for charge, moment in zip(charges, moments, strict=True)
    ]


def _standing(limit: Limit, moment: int, *, charged: bool) -> Standing:
    """Return the standing of a limit whose quota is back in so many microseconds."""
    room = limit.window * _SECOND - moment
    return Standing(limit, charged or room >= limit.share, room // limit.share, moment / _SECOND)


class _Local:
    """The same count in this process, for as long as Redis is away."""

    def __init__(self) -> None:
        """Start with nobody known."""
        self._moments: dict[Charge, int] = {}
        self._lock = threading.Lock()

    def take(self, charges: Sequence[Charge], processes: int) -> list[Standing]:
        """Charge all or none, each at this process's share of its quota."""
        now = time.monotonic_ns() // 1000
        with self._lock:
            found = [self._stand(charge, processes, now) for charge in charges]
            if not all(standing.is_allowed for standing in found):
                return found
            if len(self._moments) > _KEPT_AT_MOST:
                self._forget(now)
            return [
                self._charge(charge, standing, now) for charge, standing in zip(charges, found, strict=True)
            ]

    def _stand(self, charge: Charge, processes: int, now: int) -> Standing:
        own = Limit(charge.limit.name, max(1, charge.limit.quota // processes), charge.limit.window)
        return _standing(own, max(self._moments.get(charge, now), now) - now, charged=False)

    def _charge(self, charge: Charge, standing: Standing, now: int) -> Standing:
        moment = max(self._moments.get(charge, now), now) + standing.limit.share
        self._moments[charge] = moment
        return _standing(standing.limit, moment - now, charged=True)

    def _forget(self, now: int) -> None:
        """Drop whoever has everything back; if all are in debt, a flood of keys does not cost memory."""
        self._moments = {key: moment for key, moment in self._moments.items() if moment > now}
        if len(self._moments) > _KEPT_AT_MOST:
            self._moments.clear()


@cache
def _local() -> _Local:
    return _Local()
