"""Whether something can be pushed to a target, as far as can be told without connecting to it."""

import hashlib
import re
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from modules.kernel.errors import InputError
from modules.push.errors import DeviceInvalid, PushNotOffered
from modules.push.schemas import KINDS, PROVIDER, WEB, NewDevice
from modules.push.selectors.keys import from_base64url, to_base64url

# A name with a dot whose last part is no number, in whatever way those are written: no address.
_HOST: Final = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_PRINTABLE: Final = re.compile(r"[!-~]+")
_AUTH_BYTES: Final = 16


class Target(NamedTuple):
    """By what a device is reached; of an app that is its token alone."""

    kind: int
    address: str
    p256dh: str = ""
    auth: str = ""

    @property
    def digest(self) -> bytes:
        """Return what stands for it where it must not stand itself."""
        return hashlib.sha256(f"{self.kind}:{self.address}".encode()).digest()


def read_target(new: NewDevice) -> Target:
    """
    Return what a client sent, if something can be pushed there.

    :raises PushNotOffered: if nothing is pushed to devices of its kind
    :raises DeviceInvalid: naming all that is wrong with it
    """
    kind = KINDS.index(new.kind)
    if not (settings.PUSH.private_key if kind == WEB else settings.PUSH.provider_url):
        raise PushNotOffered
    errors = _find_errors_of_web(new) if kind == WEB else _find_errors_of_provider(new)
    if errors:
        raise DeviceInvalid(errors=errors)
    if kind == PROVIDER:
        return Target(kind, new.token)
    return Target(kind, new.endpoint, _canonical(new.p256dh), _canonical(new.auth))


def is_private_host(netloc: str) -> bool:
    """Return whether a host, with its port if that is named, may be at a private address."""
    return netloc in settings.PUSH.private_hosts


def _find_errors_of_web(new: NewDevice) -> list[InputError]:
    errors = [] if _is_endpoint(new.endpoint) else [_ENDPOINT]
    if not _is_public_key(new.p256dh):
        errors.append(_P256DH)
    if _length(new.auth) != _AUTH_BYTES:
        errors.append(_AUTH)
    return errors + ([_NO_TOKEN] if new.token else [])


def _find_errors_of_provider(new: NewDevice) -> list[InputError]:
    errors = [] if _PRINTABLE.fullmatch(new.token) else [_TOKEN]
    sent = {"endpoint": new.endpoint, "p256dh": new.p256dh, "auth": new.auth}
    return errors + [_of_web(name) for name, value in sent.items() if value]


def _is_endpoint(url: str) -> bool:
    """
    Return whether a URL is the HTTPS address of a public name, or leads to a host that is trusted.

    It is written as browsers write it: one browser is one target, whoever registers it.
    """
    if not _PRINTABLE.fullmatch(url) or "\\" in url or "#" in url or not url.startswith(("https:", "http:")):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if is_private_host(parts.netloc):
        return True
    host = parts.hostname or ""
    return (
        parts.scheme == "https"
        and parts.netloc == host
        and port is None
        and len(host) <= 253
        and _HOST.fullmatch(host) is not None
    )


def _is_public_key(text: str) -> bool:
    """Return whether a text is a point of P-256."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

    try:
        point = from_base64url(text)
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError:
        return False
    # Not compressed: so browsers give it, and so it is encrypted to.
    return len(point) == 65


def _length(text: str) -> int:
    try:
        return len(from_base64url(text))
    except ValueError:
        return 0


def _canonical(text: str) -> str:
    return to_base64url(from_base64url(text))


_ENDPOINT: Final = InputError(
    "/endpoint",
    "endpoint_invalid",
    "Send the subscription's endpoint, an https:// address.",
)
_P256DH: Final = InputError("/p256dh", "key_invalid", "Send the subscription's key p256dh, in base64url.")
_AUTH: Final = InputError("/auth", "key_invalid", "Send the subscription's key auth, in base64url.")
_TOKEN: Final = InputError("/token", "token_invalid", "Send the token that the push service gave the app.")
_NO_TOKEN: Final = InputError("/token", "not_of_kind", "A browser has no token.")


def _of_web(name: str) -> InputError:
    return InputError(f"/{name}", "not_of_kind", "Only a browser has this.")
