"""Secrets that have to be read again, encrypted in their rows: a stolen table makes no codes."""

import base64
import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from sharding.scope import writing_directory

# Where allauth puts an app's secret, the seed of recovery codes, and those that were migrated from elsewhere.
_KEPT = ("secret", "seed", "migrated_codes")
_BATCH = 500


def encrypt(text: str) -> str:
    """Return a secret as it is stored, under today's key."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """Return a stored secret, under whichever key it was encrypted."""
    return _cipher().decrypt(stored.encode()).decode()


def reencrypt_second_factors(*, dry_run: bool, on_progress: Callable[[int], None]) -> tuple[int, int]:
    """
    Encrypt under today's key what an earlier one encrypted; return (how many, how many no key reads).

    In transactions of some hundred rows, each under its lock, so that no code that is used meanwhile is lost;
    what broke off is simply run again. `on_progress` hears how many rows were looked at since it last heard.
    """
    changed = unreadable = after = 0
    while row_ids := _next_ids(after):
        with writing_directory():
            for row in Authenticator.objects.select_for_update().filter(id__in=row_ids).order_by("id"):
                try:
                    renewed = {name: _renew(row.data[name]) for name in _KEPT if name in row.data}
                except InvalidToken:
                    unreadable += 1
                    continue
                if any(row.data[name] != value for name, value in renewed.items()):
                    changed += 1
                    if not dry_run:
                        row.data |= renewed
                        row.save(update_fields=["data"])
        after = row_ids[-1]
        on_progress(len(row_ids))
    return changed, unreadable


def _next_ids(after: int) -> list[int]:
    rows = Authenticator.objects.filter(id__gt=after).exclude(type=Authenticator.Type.WEBAUTHN)
    return list(rows.order_by("id").values_list("id", flat=True)[:_BATCH])


def _renew(stored: Any) -> Any:
    """Return a value as it is where today's key reads it, else encrypted anew."""
    if isinstance(stored, list):
        return [_renew(one) for one in stored]
    token = stored.encode()
    try:
        _cipher_of(settings.SECRET_KEY).decrypt(token)
    except InvalidToken:
        return _cipher().rotate(token).decode()
    return stored


def _cipher() -> MultiFernet:
    return _cipher_of(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=4)
def _cipher_of(*keys: str) -> MultiFernet:
    """Return a cipher that writes by the first key and reads by all: a rotated key loses no second factor."""
    digests = (hashlib.sha256(b"accounts.second_factor:" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
