"""What is posted to a browser's push service (RFC 8030, 8188, 8291, 8292), and to an app's provider."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import orjson
from django.conf import settings

from modules.push.models import Device
from modules.push.schemas import WEB
from modules.push.selectors.keys import find_public_key, load_private_key
from modules.push.services.encryption import encrypt
from modules.push.services.messages import Message
from modules.push.services.targets import is_private_host
from modules.push.services.transport import Request

# For how long a push service keeps what it cannot deliver: by then it is no news.
KEPT_FOR: Final = timedelta(days=1)
# Push services take no token that is good for longer than a day.
_SIGNED_FOR: Final = timedelta(hours=12)


def build_request(device: Device, message: Message, *, now: datetime) -> Request:
    """Return what tells a device of something."""
    if device.kind == WEB:
        return _to_browser(device, message, now)
    return _to_provider(device, message)


def host_of(device: Device) -> str:
    """Return the server by which a device is reached, with its port if that is named."""
    return urlsplit(device.target if device.kind == WEB else settings.PUSH.provider_url).netloc


def _to_browser(device: Device, message: Message, now: datetime) -> Request:
    body = encrypt(message.payload, p256dh=device.p256dh, auth=device.auth)
    parts = urlsplit(device.target)
    headers = {
        "Authorization": _sign(f"{parts.scheme}://{parts.netloc}", now),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEPT_FOR.total_seconds())),
        # Of those with the same topic the push service keeps the newest.
        "Topic": message.topic,
        "Urgency": message.urgency,
    }
    return Request(device.target, headers, body, may_be_private=is_private_host(parts.netloc))


def _sign(audience: str, now: datetime) -> str:
    """Return what says to a push service who pushes, and to nobody but it."""
    # Loaded by who pushes, and nobody else.
    import jwt

    pem = settings.PUSH.private_key
    claims = {"aud": audience, "exp": int((now + _SIGNED_FOR).timestamp()), "sub": settings.PUSH.contact}
    token = jwt.encode(claims, load_private_key(pem), algorithm="ES256")
    return f"vapid t={token}, k={find_public_key(pem)}"


def _to_provider(device: Device, message: Message) -> Request:
    body = {
        "token": device.target,
        "topic": message.topic,
        "urgency": message.urgency,
        "ttl": int(KEPT_FOR.total_seconds()),
        "payload": orjson.Fragment(message.payload),
    }
    headers = {
        "Authorization": f"Bearer {settings.PUSH.provider_secret}",
        "Content-Type": "application/json",
    }
    # The operator has named it, so it may be wherever they like.
    return Request(settings.PUSH.provider_url, headers, orjson.dumps(body), may_be_private=True)
