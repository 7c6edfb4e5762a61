"""
How a card lies in Redis: version, revision, whether it is a tombstone; a checksum of what follows; the
numbers of its head; a tail of ids, if its kind has one; its JSON.

The JSON goes into answers as it lies there. A cut or garbled one would break them, and the checksum tells:
such an entry is none.
"""

import struct
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from modules.kernel.redis.script import Script

Head = TypeVar("Head", bound=tuple[Any, ...])

PREFIX = struct.Struct(">QBB")
# Adler-32: a warm page checks forty entries, at half the price of CRC-32.
_CHECKSUM = struct.Struct(">I")
CHECKED_AT = PREFIX.size + _CHECKSUM.size
_COUNT = struct.Struct(">H")
_ID = 8
# Of each kind in each process: some 4 MB of posts. What is not among them costs a tenth more.
_REMEMBERED = 4096

# Numbers, because Lua compares strings in the server's locale. An entry of another revision is replaced
# by any version: after a deployment the old form is of no use. So is what is none of ours,
# of whatever type.
PUT = Script("""
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


class RenderedCard(NamedTuple, Generic[Head]):
    """A finished card: the head that decides who may see it, its JSON, and the version of the row behind."""

    head: Head
    json: bytes
    version: int = 1


class Layout(Generic[Head]):
    """
    The entries of one kind of card.

    `numbers` holds one struct letter for each number of the head. With a `tail` the head's last field is a
    tuple of ids, of any length: what a card has an unknown number of (media, mentions).
    """

    def __init__(self, make: Callable[..., Head], numbers: str, *, tail: bool = False, revision: int) -> None:
        """Keep how entries are laid out."""
        self._make = make
        self._numbers = struct.Struct(f">{numbers}")
        # With a tail the count of its ids is the last number, read with the others in one pass.
        self._entry = struct.Struct(f"{PREFIX.format}I{numbers}{'H' if tail else ''}")
        self._tail = tail
        self._revision = revision
        # Many pages show the same cards: bytes that were checked and taken apart lately are not again.
        self._take_apart = lru_cache(maxsize=_REMEMBERED)(self._read_entry)

    @property
    def json_at(self) -> int:
        """Return where the JSON begins in an entry of a kind without a tail, or with an empty one."""
        return self._entry.size

    def pack(self, card: RenderedCard[Head]) -> bytes:
        """Return the entry of a card."""
        head, tail = (card.head[:-1], card.head[-1]) if self._tail else (card.head, None)
        checked = self._numbers.pack(*head) + (b"" if tail is None else _pack_ids(tail)) + card.json
        prefix = PREFIX.pack(card.version, self._revision, 0)
        return prefix + _CHECKSUM.pack(zlib.adler32(checked)) + checked

    def pack_tombstone(self, version: int) -> bytes:
        """Return the entry that says: there is no card of this version or an older one."""
        return PREFIX.pack(version, self._revision, 1)

    def unpack(self, ids: Sequence[int], entries: Sequence[bytes | None]) -> "Unpacked[Head]":
        """Return the cards that entries hold; an entry of another revision is none."""
        found: dict[int, RenderedCard[Head]] = {}
        absent: list[int] = []
        spoiled: list[int] = []
        take_apart = self._take_apart
        for id, entry in zip(ids, entries, strict=True):
            if entry is None:
                absent.append(id)
                continue
            try:
                card = take_apart(entry)
            except (IndexError, struct.error, _Spoiled):
                spoiled.append(id)
                continue
            if card is not None:
                found[id] = card
            elif entry[8] != self._revision:
                absent.append(id)
        return Unpacked(found, absent, spoiled)

    def _read_entry(self, entry: bytes) -> RenderedCard[Head] | None:
        """
        Return the card that an entry holds; None for a tombstone, and for an entry of another revision.

        :raises _Spoiled: if it was cut or garbled; struct.error and IndexError as well
        """
        if entry[8] != self._revision:
            return None
        if entry[9]:
            if len(entry) != PREFIX.size:
                raise _Spoiled
            return None
        version, _, _, checksum, *head = self._entry.unpack_from(entry)
        if zlib.adler32(entry[CHECKED_AT:]) != checksum:
            raise _Spoiled
        json_at = self._entry.size
        if self._tail:
            json_at += head[-1] * _ID
            head[-1] = struct.unpack_from(f">{head[-1]}q", entry, self._entry.size) if head[-1] else ()
        return RenderedCard(self._make(*head), entry[json_at:], version)


class _Spoiled(Exception):
    """What is neither a card nor a tombstone."""


class Unpacked(NamedTuple, Generic[Head]):
    """Cards by id, the ids of which there is no entry, and those whose entry cannot be read."""

    found: dict[int, RenderedCard[Head]]
    absent: list[int]
    spoiled: list[int]


def _pack_ids(ids: tuple[int, ...]) -> bytes:
    return _COUNT.pack(len(ids)) + struct.pack(f">{len(ids)}q", *ids)
