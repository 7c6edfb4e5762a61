"""What all mails of this context have in common."""

import hashlib
from collections.abc import Iterable


def to_fragment_key(parts: Iterable[str]) -> str:
    """Return what names a part of a mail by all that it shows: what is made of it may be kept under this."""
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]
