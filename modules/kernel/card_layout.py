"""
How a card lies in Redis: version, revision, whether it is a tombstone; a checksum of what follows; the
numbers of its head; a tail of ids, if its kind has one; its JSON.

The JSON goes into answers as it lies there. A cut or garbled one would break them, and the checksum tells:
such an entry is none.
"""

import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

Head = TypeVar("Head", bound=tuple[Any, ...])

PREFIX = struct.Struct(">QBB")
# Adler-32: a warm page checks forty entries, at half the price of CRC-32.
_CHECKSUM = struct.Struct(">I")
CHECKED_AT = PREFIX.size + _CHECKSUM.size
_COUNT = struct.Struct(">H")
_ID = 8


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
        self._entry = struct.Struct(f"{PREFIX.format}I{numbers}")
        self._tail = tail
        self._revision = revision

    @property
    def json_at(self) -> int:
        """Return where the JSON begins in an entry of a kind without a tail."""
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
        unpack, start, revision, make = self._entry.unpack_from, self._entry.size, self._revision, self._make
        for id, entry in zip(ids, entries, strict=True):
            try:
                if entry is None or entry[8] != revision:
                    absent.append(id)
                    continue
                if entry[9]:
                    if len(entry) != PREFIX.size:  # neither a card nor a tombstone
                        spoiled.append(id)
                    continue
                version, _, _, checksum, *head = unpack(entry)
                if zlib.adler32(entry[CHECKED_AT:]) != checksum:
                    spoiled.append(id)
                elif self._tail:
                    found[id] = self._unpack_with_tail(entry)
                else:
                    found[id] = RenderedCard(make(*head), entry[start:], version)
            except (IndexError, struct.error):
                spoiled.append(id)
        return Unpacked(found, absent, spoiled)

    def _unpack_with_tail(self, entry: bytes) -> RenderedCard[Head]:
        version, _, _, _, *head = self._entry.unpack_from(entry)
        (count,) = _COUNT.unpack_from(entry, self._entry.size)
        start = self._entry.size + _COUNT.size
        tail = struct.unpack_from(f">{count}q", entry, start)
        return RenderedCard(self._make(*head, tail), entry[start + count * _ID :], version)


class Unpacked(NamedTuple, Generic[Head]):
    """Cards by id, the ids of which there is no entry, and those whose entry cannot be read."""

    found: dict[int, RenderedCard[Head]]
    absent: list[int]
    spoiled: list[int]


def _pack_ids(ids: tuple[int, ...]) -> bytes:
    return _COUNT.pack(len(ids)) + struct.pack(f">{len(ids)}q", *ids)
