"""
Fragments: finished JSON in Redis, each with a small head that rules are decided on.

An entry is replaced only by a newer version, and a tombstone by none older than itself, so that a slow
reader cannot bring back what a writer has changed. Without Redis all is drawn anew: slower, never wrong.
"""

import random
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import structlog

from modules.kernel.hot import Command, RedisAway, Script, hot
from sharding import outages

log = structlog.get_logger(__name__)

Head = TypeVar("Head", bound=tuple[Any, ...])

_PREFIX = struct.Struct(">QBB")  # version, revision of the layout, whether it is a tombstone
_KEYS_PER_CALL = 250  # so that Redis is never blocked for long

# Numbers, because Lua compares strings in the server's locale. An entry of another revision is replaced
# by any version: after a deployment the old form is of no use. So is what is none of ours,
# of whatever type.
_PUT = Script("""
local stored = 0
for i, key in ipairs(KEYS) do
  local new = ARGV[i + 1]
  local old = redis.pcall('GETRANGE', key, 0, 9)
  local write = true
  if #old == 10 and old:byte(9) == new:byte(9) then
    local old_high, old_low = struct.unpack('>I4I4', old)
    local new_high, new_low = struct.unpack('>I4I4', new)
    write = new_high > old_high or (new_high == old_high and new_low > old_low)
  end
  if write then
    redis.call('SET', key, new, 'EX', ARGV[1])
    stored = stored + 1
  end
end
return stored
""")


class Drawn(NamedTuple, Generic[Head]):
    """A finished card: the head that rules look at, its JSON, and the version of the row behind both."""

    head: Head
    json: bytes
    version: int = 1


Missing = Callable[[list[int]], Mapping[int, Drawn[Head]]]


class Fragments(Generic[Head]):
    """
    The finished cards of one kind, under `<kind>:<id>`.

    `layout` holds one struct letter for each field of the head; raise `revision` whenever the head or the
    form of the JSON changes. `ttl` is in seconds.
    """

    def __init__(
        self, kind: str, head: Callable[..., Head], *, layout: str, ttl: int, revision: int = 1
    ) -> None:
        """Keep how entries are laid out."""
        self.kind = kind
        self._prefix = f"{kind}:".encode()
        self._make = head
        self._layout = struct.Struct(f">{layout}")
        self._entry = struct.Struct(f"{_PREFIX.format}{layout}")
        self._start = self._entry.size
        self._ttl = ttl
        self._revision = revision

    def get_many(self, ids: Iterable[int], *, missing: Missing[Head]) -> dict[int, Drawn[Head]]:
        """
        Return the cards by id in the order asked; what is unknown or deleted is absent.

        `missing` draws what Redis has not, on a primary or a replica known to be fresh.
        """
        wanted = list(dict.fromkeys(ids))
        found, absent = fetch((self, wanted))[0]
        if not absent:
            return found
        found |= self.fill(absent, missing=missing)
        return {id: found[id] for id in wanted if id in found}

    def fill(self, ids: Sequence[int], *, missing: Missing[Head]) -> dict[int, Drawn[Head]]:
        """Return what `missing` draws for these ids, and keep it for the next reader."""
        if not ids:
            return {}
        drawn = dict(missing(list(ids)))
        self.put(drawn)
        return drawn

    def put(self, drawn: Mapping[int, Drawn[Head]]) -> None:
        """Keep cards, but for those of which a newer version is there; quiet without Redis."""
        self._store({id: self._pack(card) for id, card in drawn.items()})

    def bury(self, ids: Iterable[int], *, version: int) -> None:
        """Put a tombstone over cards: absent for all until a newer version comes or its life ends."""
        self._store(dict.fromkeys(ids, _PREFIX.pack(version, self._revision, 1)))

    def command(self, ids: Sequence[int]) -> Command:
        """Return the one command that fetches these ids, for a pipeline of the caller's own."""
        prefix = self._prefix
        return ("MGET", *[b"%b%d" % (prefix, id) for id in ids])

    def read(
        self, ids: Sequence[int], replies: Sequence[bytes | None]
    ) -> tuple[dict[int, Drawn[Head]], list[int]]:
        """Return what the replies to `command` hold and the ids that must be drawn."""
        found: dict[int, Drawn[Head]] = {}
        absent: list[int] = []
        spoiled: list[int] = []
        unpack, start, revision, make = self._entry.unpack_from, self._start, self._revision, self._make
        for id, entry in zip(ids, replies, strict=True):
            try:
                if entry is None or entry[8] != revision:
                    absent.append(id)
                elif not entry[9]:
                    version, _, _, *head = unpack(entry)
                    found[id] = Drawn(make(*head), entry[start:], version)
                elif len(entry) != _PREFIX.size:  # neither a card nor a tombstone
                    spoiled.append(id)
            except (IndexError, struct.error):
                spoiled.append(id)
        if spoiled:
            self._discard(spoiled)
        return found, absent + spoiled

    def _discard(self, ids: Sequence[int]) -> None:
        """Drop what cannot be read."""
        hot().discard(*[b"%b%d" % (self._prefix, id) for id in ids], reason="no fragment")

    def _pack(self, card: Drawn[Head]) -> bytes:
        """Return the entry of a card."""
        return _PREFIX.pack(card.version, self._revision, 0) + self._layout.pack(*card.head) + card.json

    def _store(self, entries: Mapping[int, bytes]) -> None:
        """Store entries by the rule of versions, as much at once as Redis should be asked for."""
        keys = [b"%b%d" % (self._prefix, id) for id in entries]
        values = list(entries.values())
        # Lives that differ a little keep a page's cards from all running out in the same second.
        life = int(self._ttl * random.uniform(0.9, 1.0))  # noqa: S311
        calls = [
            _PUT.call(keys[at : at + _KEYS_PER_CALL], [life, *values[at : at + _KEYS_PER_CALL]])
            for at in range(0, len(keys), _KEYS_PER_CALL)
        ]
        try:
            hot().run(*calls)
        except RedisAway as fault:
            outages.met(fault.server, fault)


def fetch(*wants: tuple[Fragments[Any], Sequence[int]]) -> list[tuple[dict[int, Drawn[Any]], list[int]]]:
    """Return, for cards of several kinds in one round trip, what is kept and which ids must be drawn."""
    asked = [(fragments, ids) for fragments, ids in wants if ids]
    try:
        replies = iter(hot().run(*[fragments.command(ids) for fragments, ids in asked]))
    except RedisAway:
        return [({}, list(ids)) for _, ids in wants]
    return [fragments.read(ids, next(replies)) if ids else ({}, []) for fragments, ids in wants]
