"""
What the folder's server trusts: uploads and addresses that this service has signed.

No Django here: that server is a process of its own, which needs nothing else of the application.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

import orjson


@dataclass(frozen=True, slots=True)
class Policy:
    """A file that may be uploaded: where, of which type, at most how many bytes, until when (Unix time)."""

    key: str
    type: str
    max_bytes: int
    expires: int


class Signer:
    """Signs with the newest key, and knows what was signed with earlier ones."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Derive keys from secrets, the newest first."""
        self._keys = [hashlib.sha256(b"banyan.media:" + secret.encode()).digest() for secret in secrets]

    def sign_policy(self, policy: Policy) -> dict[str, str]:
        """Return the fields that carry a policy."""
        text = base64.b64encode(orjson.dumps(asdict(policy))).decode()
        return {"policy": text, "signature": self._sign(self._keys[0], "upload", text)}

    def read_policy(self, text: str, signature: str, *, now: float) -> Policy | None:
        """Return the policy that was signed, or None if it was not, or is over."""
        if not self._is_signed("upload", text, signature):
            return None
        policy = Policy(**orjson.loads(base64.b64decode(text)))
        return policy if policy.expires > now else None

    def sign_path(self, path: str, expires: int) -> str:
        """Return the query string that lets a path be fetched until then (Unix time)."""
        return urlencode(
            {"expires": expires, "signature": self._sign(self._keys[0], "fetch", f"{path}:{expires}")}
        )

    def allows(self, path: str, expires: str, signature: str, *, now: float) -> bool:
        """Return whether a path may be fetched now."""
        if not (expires.isdecimal() and expires.isascii() and int(expires) > now):
            return False
        return self._is_signed("fetch", f"{path}:{int(expires)}", signature)

    def _is_signed(self, purpose: str, text: str, signature: str) -> bool:
        sent = signature.encode()
        return any(hmac.compare_digest(self._sign(key, purpose, text).encode(), sent) for key in self._keys)

    @staticmethod
    def _sign(key: bytes, purpose: str, text: str) -> str:
        digest = hmac.digest(key, f"{purpose}:{text}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def to_moment(seconds: int) -> datetime:
    """Return the moment of a Unix time."""
    return datetime.fromtimestamp(seconds, UTC)
