"""
What every process tells of itself, in one trip to the directory's Redis each two seconds.

A thread tells it, never a request: an error or a slow request waits in memory for the next report. Without
Redis nobody hears, and nothing waits for it.
"""

import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from modules.kernel.redis.client import RedisCommandError, RedisUnavailable, Script, Unreadable
from modules.kernel.redis.servers import DIRECTORY, redis
from sharding.backend import breaker

EVERY_S = 2.0
#: A process that ended without a word is shown for so long, and the last tick of the clock.
SHOWN_S, TICK_SHOWN_S = 600, 7 * 86_400
PROCESSES, TICK, ERRORS, SLOW = "ops:processes", "ops:tick", "ops:errors", "ops:slow"
_KEPT = 20
_FAILURES = (RedisUnavailable, RedisCommandError, Unreadable)

# Redis' own clock counts, for those of hosts differ.
_TELL = Script("""
local now = redis.call('TIME')[1]
redis.call('HSET', KEYS[1], ARGV[1], now .. ' ' .. ARGV[2])
redis.call('EXPIRE', KEYS[1], 86400)
if ARGV[3] ~= '' then redis.call('SET', KEYS[2], now - ARGV[3], 'EX', ARGV[4]) end
local errors = tonumber(ARGV[6])
for i = 7, #ARGV do
  local key = i < 7 + errors and KEYS[3] or KEYS[4]
  redis.call('LPUSH', key, ARGV[i])
  redis.call('LTRIM', key, 0, ARGV[5] - 1)
  redis.call('EXPIRE', key, 86400)
end
return 1
""")


class Said(NamedTuple):
    """What a process says of its work: whether it can do it, how it stands, and when its clock ticked."""

    can_work: bool = True
    words: str = ""
    ticked_at: float | None = None


# What waits for the next report; of a flood the newest, as many as are shown.
_errors: deque[bytes] = deque(maxlen=_KEPT)
_slow: deque[bytes] = deque(maxlen=_KEPT)
_reporter: "Reporter | None" = None


@dataclass(slots=True)
class Reporter:
    """One process's thread that tells."""

    kind: str
    describe: Callable[[], Said]
    started: float
    _stop: threading.Event

    @property
    def name(self) -> str:
        """Return what the process is called among all."""
        return f"{self.kind} {socket.gethostname()} {os.getpid()}"

    def run(self) -> None:
        """Tell until stopped, then that it ends."""
        while True:
            with suppress(*_FAILURES):
                self.tell()
            if self._stop.wait(EVERY_S):
                break
        with suppress(*_FAILURES):
            redis(DIRECTORY).run(("HDEL", PROCESSES, self.name))

    def tell(self) -> None:
        """
        Tell once.

        :raises RedisUnavailable: if nobody hears it; what waited is lost then
        """
        errors, slow = _take(_errors), _take(_slow)
        said = self.describe()
        ticked = "" if said.ticked_at is None else max(0, round(time.monotonic() - said.ticked_at))
        known = {
            "kind": self.kind,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "up_seconds": round(time.monotonic() - self.started, 1),
            "can_work": said.can_work,
            "says": said.words,
            "open": breaker.list_open(),
        }
        keys = [PROCESSES, TICK, ERRORS, SLOW]
        words = [self.name, orjson.dumps(known), ticked, TICK_SHOWN_S, _KEPT, len(errors), *errors, *slow]
        redis(DIRECTORY).run(_TELL.call(keys, words))


def start(kind: str, describe: Callable[[], Said] = Said) -> None:
    """Have this process tell of itself from here on; after a fork the child begins anew."""
    global _reporter
    stop()
    _reporter = Reporter(kind, describe, time.monotonic(), threading.Event())
    threading.Thread(target=_reporter.run, name="reports", daemon=True).start()


def stop() -> None:
    """Have this process say that it ends, in its own time."""
    global _reporter
    if _reporter is not None:
        _reporter._stop.set()
        _reporter = None


def note_error(entry: dict[str, Any]) -> None:
    """Keep an error for the next report."""
    _errors.append(orjson.dumps(entry))


def note_slow(entry: dict[str, Any]) -> None:
    """Keep a slow request for the next report."""
    _slow.append(orjson.dumps(entry))


def _take(waiting: deque[bytes]) -> list[bytes]:
    """Return what waits, the oldest first, and leave nothing."""
    taken = []
    with suppress(IndexError):
        while True:
            taken.append(waiting.popleft())
    return taken


def _forget() -> None:
    """Leave the parent's reporter to the parent."""
    global _reporter
    _reporter = None
    _errors.clear()
    _slow.clear()


os.register_at_fork(after_in_child=_forget)
