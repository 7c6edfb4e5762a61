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
from collections.abc import Sequence
from dataclasses import dataclass
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
    """Every limit there is; off for load tests alone. `processes` share what Redis cannot count."""

    is_on: bool = True
    processes: int = 1
    reads: Limit = Limit("read", 1500, 300)
    writes: Limit = Limit("write", 300, 300)
    anonymous: Limit = Limit("anonymous", 300, 300)
    apps: Limit = Limit("app", 6000, 300)
    # Requests with credentials that nobody holds, by the address they come from.
    guesses: Limit = Limit("bad-credentials", 60, 300)
    # Any request under /auth/ and /identity/, before anything of it is read.
    sign_in: Limit = Limit("sign-in", 3000, 300)
    sign_ups: Limit = Limit("sign-up", 5, 1800)
    # Under one name from all places where its owner has not got in before, and from one place: the second
    # lets so few through that many places are needed to use up the first.
    log_ins_of_account: Limit = Limit("log-in-account", 100, 3600)
    log_ins_of_address: Limit = Limit("log-in-address", 30, 60)
    log_ins_of_pair: Limit = Limit("log-in", 5, 300)
    log_ins_of_pair_hourly: Limit = Limit("log-in-hourly", 20, 3600)
    resets_of_address: Limit = Limit("reset-address", 20, 300)
    # Kept exactly (`kernel/quotas.py`): what a person's second factors, and their password where they are
    # logged in, may be guessed at; and the guesses at one mailed code.
    second_factors: Limit = Limit("second-factor", 10, 3600)
    codes: Limit = Limit("code", 3, 3600)
    # Mails to one person that anybody can ask for; the last is kept for where the person has got in before.
    mails_hourly: Limit = Limit("mail-hourly", 5, 3600)
    mails_daily: Limit = Limit("mail-daily", 20, 86_400)
    mails_of_strangers_hourly: Limit = Limit("mail-of-strangers-hourly", 4, 3600)
    mails_of_strangers_daily: Limit = Limit("mail-of-strangers-daily", 16, 86_400)
    # Mails to one person about what was done to their account, which takes being logged in to it.
    notices_hourly: Limit = Limit("notice-hourly", 20, 3600)
    notices_daily: Limit = Limit("notice-daily", 60, 86_400)
    # Sessions that are nobody's: half-finished log-ins, sign-ups and resets, by the address that opened them.
    open_sessions: Limit = Limit("new-session", 100, 300)
    # Everything else under /auth/: codes, second factors, changes.
    steps: Limit = Limit("sign-in-step", 60, 300)


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
    try:
        standings = _take_shared(charges)
    except RedisAway:
        standings = _local().take(charges, settings.LIMITS.processes)
    refused = [standing for standing in standings if not standing.is_allowed]
    if refused:
        raise LimitReached(max(refused, key=lambda standing: standing.retry_after))
    return standings


def give_back(charge: Charge) -> None:
    """Return one request to an account; without Redis it is simply lost."""
    try:
        hot().run(_GIVE_BACK.call([_key(charge)], [charge.limit.share]))
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
