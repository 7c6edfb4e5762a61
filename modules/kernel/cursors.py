"""
Cursors: a place in a list, signed, and bound to the very list it was made for.

A cursor holds the keyset position of the last item seen, so nothing is skipped or doubled when that
item is deleted meanwhile. It never expires; the key's first byte in it says which secret signed it.
"""

import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from modules.kernel.errors import BadRequest, InputError

_HEAD = struct.Struct(">BB")  # key version, direction
_NUMBER = 8
_MAC = 16
_MAX_NUMBERS = 8


class CursorInvalid(BadRequest):
    """The cursor was not made by this list for this caller, or was changed on its way."""

    code = "cursor_invalid"
    title = "This cursor does not belong to this list."

    def __init__(self) -> None:
        """Point at the parameter."""
        hint = "Use `next` or `prev` of an earlier page with the same filters, or leave it out."
        super().__init__(hint, errors=[InputError(None, self.code, hint, parameter="cursor")])


class Position(NamedTuple):
    """A place in a list, and whether the newer side of it is wanted."""

    values: tuple[int, ...]
    newer: bool


class Signer:
    """Signs with the first secret and reads what any of them signed."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Derive one key from each secret, so that no other use of the secret shares it."""
        self._keys = [hashlib.sha256(b"banyan.cursor.v1:" + secret.encode()).digest() for secret in secrets]

    def encode(self, position: Sequence[int], *, bound: str, newer: bool = False) -> str:
        """Return the cursor's text; `bound` is everything that it must not be used apart from."""
        key = self._keys[0]
        content = _HEAD.pack(key[0], newer) + struct.pack(f">{len(position)}q", *position)
        return urlsafe_b64encode(content + _mac(key, content, bound)).rstrip(b"=").decode()

    def decode(self, text: str, *, bound: str) -> Position:
        """
        Return the position that a cursor carries.

        :raises CursorInvalid: whatever is wrong with it, without saying what
        """
        raw = _decode_base64(text)
        content, mac = raw[:-_MAC], raw[-_MAC:]
        if not any(self._signed(key, content, mac, bound) for key in self._keys):
            raise CursorInvalid
        count = (len(content) - _HEAD.size) // _NUMBER
        return Position(struct.unpack_from(f">{count}q", content, _HEAD.size), bool(content[1]))

    @staticmethod
    def _signed(key: bytes, content: bytes, mac: bytes, bound: str) -> bool:
        """Return whether this key made the signature."""
        return content[0] == key[0] and hmac.compare_digest(_mac(key, content, bound), mac)


def _mac(key: bytes, content: bytes, bound: str) -> bytes:
    """Return 128 bits that vouch for the content in this place; its length is fixed, so nothing can slide."""
    place = hashlib.sha256(bound.encode("utf-8", "surrogatepass")).digest()
    return hmac.digest(key, place + content, "sha256")[:_MAC]


def _decode_base64(text: str) -> bytes:
    """Return the bytes of canonical unpadded base64url of a length that a cursor can have."""
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        raise CursorInvalid from None
    numbers = len(raw) - _HEAD.size - _MAC
    # The decoder ignores stray characters and trailing bits; only one spelling of a cursor is valid.
    if numbers % _NUMBER or not 0 < numbers <= _MAX_NUMBERS * _NUMBER:
        raise CursorInvalid
    if urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise CursorInvalid
    return raw


_UNBOUND = Signer(["unbound"])


@dataclass(frozen=True, slots=True)
class Paging:
    """The page that a caller wants: how much, and from where on."""

    limit: int = 20
    position: tuple[int, ...] | None = None
    newer: bool = False
    signer: Signer = _UNBOUND
    bound: str = ""

    @classmethod
    def first(cls, limit: int = 20) -> Self:
        """Return the first page of a list outside any request; its cursors are of no use to clients."""
        return cls(limit=limit)

    def older_than(self, *position: int) -> str:
        """Return the cursor of the page that follows this position: a page's `next`."""
        return self.signer.encode(position, bound=self.bound)

    def newer_than(self, *position: int) -> str:
        """Return the cursor of what precedes this position: a page's `prev`."""
        return self.signer.encode(position, bound=self.bound, newer=True)

    def at(self, cursor: str) -> Self:
        """
        Return the same list from a cursor on.

        :raises CursorInvalid: if the cursor was not made for this list
        """
        place = self.signer.decode(cursor, bound=self.bound)
        return type(self)(self.limit, place.values, place.newer, self.signer, self.bound)
