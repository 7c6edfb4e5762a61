"""What an authenticator app shows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time


def code_of(secret: str) -> str:
    """Return the code of now (RFC 6238), as an authenticator app shows it."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFF_FFFF
    return f"{number % 1_000_000:06d}"
