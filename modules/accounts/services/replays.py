"""
The answer to a refresh, kept for some seconds for the client that did not hear it.

Tokens stand nowhere in the clear: the answer is encrypted by a key that is derived from the refresh token it
answers. Of that the table holds a digest alone, so that whoever reads the table reads no answer.
"""

import base64
import json
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# Two tabs refresh within it, and so does a client that repeats a request whose answer was lost.
WINDOW = timedelta(seconds=10)


def seal(presented: str, answer: bytes, *, asked: str) -> bytes:
    """Encrypt an answer for whoever shows the same token and asks the same again."""
    return _box(presented, asked).encrypt(answer)


def unseal(presented: str, sealed: bytes, *, asked: str) -> bytes | None:
    """Return the answer, or None if something else was asked."""
    try:
        return _box(presented, asked).decrypt(sealed)
    except InvalidToken:
        return None


def tokens_in(answer: bytes) -> list[str]:
    """Return the tokens of an answer of the token endpoint."""
    given = json.loads(answer)
    return [given[name] for name in ("access_token", "refresh_token") if name in given]


def refresh_token_in(answer: bytes) -> str:
    """Return the refresh token in the answer to one; each yields another."""
    return str(json.loads(answer)["refresh_token"])


def _box(presented: str, asked: str) -> Fernet:
    # A refresh token has 512 random bits; the label keeps its key apart from the digest it is looked up by.
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"banyan refresh answer\0" + asked.encode())
    return Fernet(base64.urlsafe_b64encode(derive.derive(presented.encode())))
