"""
Encrypting for one browser alone (RFC 8291, in one record of RFC 8188).

Written out on `cryptography`: the packages that do it bring an HTTP client that goes wherever a
redirect leads, or come as source without a wheel. The RFC's example is a test.
"""

import os
from typing import Any, Final

from modules.push.selectors.keys import from_base64url

_RECORD: Final = 4096
_SALT: Final = 16
# The last record ends with this, and needs no more padding.
_END: Final = b"\x02"


def encrypt(
    payload: bytes,
    *,
    p256dh: str,
    auth: str,
    salt: bytes | None = None,
    key: Any = None,
) -> bytes:
    """
    Return the body of a push that only the browser with these keys can read, in `aes128gcm`.

    Salt and key are new each time; only who checks this by known answers gives them.
    """
    # Loaded by who pushes, and nobody else.
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    theirs = from_base64url(p256dh)
    salt = salt or os.urandom(_SALT)
    key = key or ec.generate_private_key(ec.SECP256R1())
    ours: bytes = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    secret = _derive(shared, from_base64url(auth), b"WebPush: info\0" + theirs + ours, 32)
    cipher = AESGCM(_derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16))
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + _RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    sealed: bytes = cipher.encrypt(nonce, payload + _END, None)
    return header + sealed


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length, salt, info).derive(secret)
