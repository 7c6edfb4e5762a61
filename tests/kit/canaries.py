"""
What must never be found where it does not belong: in a log, in Redis, in an answer to somebody else.

Passwords of tests are of this list, addresses all end alike, keys begin alike: so every test lays canaries,
and the run itself is searched for them (`tests/kit/wipe.py`, `tests/conftest.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import redis as redis_client

PASSWORDS = ("a long walk home", "correct horse battery")
ADDRESS = "@example.org"
# Of a service key, and of the secret of an app.
KEY = "bk_live_"
ALL = (*PASSWORDS, ADDRESS, KEY)

_IN_TEXT = re.compile("|".join(map(re.escape, ALL)).encode())
# DUMP shows what a key holds, of whatever type it is; uncompressed in a throwaway stack.
_IN_REDIS = """
for _, key in ipairs(redis.call('KEYS', '*')) do
  local held = key .. (redis.call('DUMP', key) or '')
  for _, canary in ipairs(ARGV) do
    if string.find(held, canary, 1, true) then return canary .. ' in ' .. key end
  end
end
return false"""


def find_in_redis(client: redis_client.Redis) -> str | None:
    """Return which canary a database of Redis holds and where, or None."""
    found = client.eval(_IN_REDIS, 0, *ALL)
    return found.decode(errors="replace") if isinstance(found, bytes) else None


def find_in_logs(folder: Path) -> Iterator[str]:
    """Yield every line of a log that holds a canary."""
    for path in sorted(folder.glob("*.log")):
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            if _IN_TEXT.search(line):
                yield f"{path.name}:{number}: {line.decode(errors='replace')[:300]}"


def find_in_text(text: str) -> list[str]:
    """Return the canaries in a text."""
    return sorted({match.decode() for match in _IN_TEXT.findall(text.encode(errors="replace"))})
