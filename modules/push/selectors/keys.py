"""The keys by which browsers know who pushes, as they want them."""

import base64
from functools import cache
from typing import Any

from django.conf import settings

from modules.push.schemas import PushKey


def get_push_key() -> PushKey:
    """Return the public key, and whether apps are pushed to."""
    pem = settings.PUSH.private_key
    return PushKey(
        public_key=find_public_key(pem) if pem else None, has_provider=bool(settings.PUSH.provider_url)
    )


@cache
def find_public_key(pem: str) -> str:
    """Return the public key of a private one, as the point that it is, in base64url."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = load_private_key(pem).public_key()
    point: bytes = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return to_base64url(point)


@cache
def load_private_key(pem: str) -> Any:
    """Return the key of P-256 that a PEM holds; its kind is loaded only where something is pushed."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(pem.encode(), password=None)


def to_base64url(raw: bytes) -> str:
    """Return bytes as browsers write them: without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """
    Return the bytes of such a text, padded or not.

    :raises ValueError: if it is none
    """
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    return base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
