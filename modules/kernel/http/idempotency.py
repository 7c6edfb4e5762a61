"""The Idempotency-Key: one key, one effect, on every POST of a known caller."""

import hashlib
import re

from django.http import HttpRequest

from modules.kernel.errors import HeaderInvalid, InputError
from sharding.scope import Once

# Visible ASCII but for the comma: WSGI joins two headers of one name by commas, and two keys are no key.
_KEY = re.compile(r"[!-+\--~]{1,255}")
_HINT = "Send one Idempotency-Key of 1 to 255 visible ASCII characters, without commas."


def read_key(request: HttpRequest, *, required: bool) -> str | None:
    """Return the Idempotency-Key, or None if none was sent and none is needed."""
    key: str | None = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None and not required:
        return None
    if key is None:
        raise HeaderInvalid(errors=[InputError(None, "required", _HINT, header="Idempotency-Key")])
    if not _KEY.fullmatch(key):
        raise HeaderInvalid(errors=[InputError(None, "malformed", _HINT, header="Idempotency-Key")])
    return key


def make_once(request: HttpRequest, key: str, *, operation_id: str, app_id: str | None) -> Once:
    """
    Return what makes a repeat of this very request harmless, and gives another one with its key away.

    Each app of a user has keys of its own: the answer of one is not for another to replay.
    """
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    digest.update(request.body)
    scope = operation_id if app_id is None else f"{operation_id}@{app_id}"
    return Once(scope, key, digest.digest())
