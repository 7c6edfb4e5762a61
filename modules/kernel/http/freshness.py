"""Read-your-writes across requests: the caller's marks, from a signed header or from Redis."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache, partial

from django.conf import settings
from django.http import HttpResponse

from modules.kernel.http.request import Request
from modules.kernel.redis.client import RedisUnavailable
from modules.kernel.redis.servers import redis_of
from modules.kernel.redis.soon import run_soon
from sharding import freshness
from sharding.freshness import LsnMark

HEADER = "Banyan-Freshness"
_TTL_S = 30  # seconds; a replica that lags longer has left the rotation
_MAC = 16
_MAX_HEADER = 2048


def begin(request: Request) -> None:
    """Start noting marks; the caller's earlier ones are fetched only if a replica is about to be read."""
    freshness.begin(partial(_load, request))


def finish(request: Request, response: HttpResponse) -> None:
    """Keep what this request wrote for the caller's next ones, and hand it out signed."""
    written = freshness.marks()
    if not written:
        return
    text = freshness.encode(written)
    response.headers[HEADER] = sign(text, request.viewer_id)
    if request.viewer_id is not None:
        run_soon(redis_of(request.viewer_id), ("SET", f"ryw:{request.viewer_id}", text, "EX", _TTL_S))


def sign(text: str, user_id: int | None) -> str:
    """Return marks that only this caller can send back."""
    raw = text.encode()
    return urlsafe_b64encode(_mac(raw, user_id) + raw).rstrip(b"=").decode()


def verify(header: str, user_id: int | None) -> str | None:
    """Return the marks of a header, or None if it was not made for this caller; a bad one is only useless."""
    if len(header) > _MAX_HEADER:
        return None
    try:
        raw = urlsafe_b64decode(header.encode("ascii") + b"=" * (-len(header) % 4))
        text = raw[_MAC:].decode()
    except ValueError:
        return None
    return text if hmac.compare_digest(_mac(raw[_MAC:], user_id), raw[:_MAC]) else None


def _load(request: Request) -> dict[str, LsnMark]:
    """Return the marks that the caller sent and those that Redis keeps for the user."""
    header = request.META.get("HTTP_BANYAN_FRESHNESS")
    text = verify(header, request.viewer_id) if header else None
    marks = freshness.decode(text) if text else {}
    return marks if request.viewer_id is None else freshness.merge(marks, _recall(request.viewer_id))


def _recall(user_id: int) -> dict[str, LsnMark]:
    """Return what Redis keeps for the user; without Redis the header alone must do."""
    key = f"ryw:{user_id}"
    try:
        cached: bytes | None = redis_of(user_id).run(("GET", key))[0]
        return freshness.decode(cached.decode()) if cached else {}
    except RedisUnavailable:
        return {}
    except ValueError as error:
        redis_of(user_id).discard(key, reason=type(error).__name__)
        return {}


@cache
def _key(secret: str) -> bytes:
    """Return the key that signs freshness, and nothing else."""
    return hashlib.sha256(b"banyan.freshness.v1:" + secret.encode()).digest()


def _mac(raw: bytes, user_id: int | None) -> bytes:
    """Return 128 bits that vouch for marks in this caller's hands."""
    return hmac.digest(_key(settings.SECRET_KEY), b"%d:" % (user_id or 0) + raw, "sha256")[:_MAC]
