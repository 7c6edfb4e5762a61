"""
Codes of authenticator apps by their steps: each is taken in its own and the one after, and never again.

allauth takes a code of its own step alone, or else of the coming one too, and remembers it in the cache. The
used step stands in the row here, so that it holds without Redis and under a lock.
"""

import time
from collections.abc import Iterator
from contextvars import ContextVar

from allauth.mfa import app_settings as mfa
from allauth.mfa.utils import decrypt
from django.contrib.auth.base_user import AbstractBaseUser

from modules.accounts.api.allauth.internals import compare_user_code, totp
from modules.accounts.services.second_factors import mark_step, use_step

_ACTIVATE = totp.TOTP.activate.__func__

# The step whose code set an authenticator app up in this request.
_proven: ContextVar[int] = ContextVar("proven", default=0)


def _steps() -> Iterator[int]:
    """Yield the steps whose codes are taken: this one, and one before for the delay (RFC 6238, 5.2)."""
    now = int(time.time()) // mfa.TOTP_PERIOD
    yield from (now, now - 1)


def validate(factor: totp.TOTP, code: str) -> bool:
    """Return whether a code is of a step that is still taken and was not used, and use it."""
    secret = decrypt(factor.instance.data["secret"])
    right = [step for step in _steps() if _is_of_step(secret, code, step)]
    return bool(right) and use_step(factor.instance.pk, right)


def prove(secret: str, code: str) -> bool:
    """Return whether a code shows that an app has a secret that is about to be set up, and note its step."""
    right = [step for step in _steps() if _is_of_step(secret, code, step)]
    if right:
        _proven.set(max(right))
    return bool(right)


def activate(kind: type[totp.TOTP], user: AbstractBaseUser, secret: str) -> totp.TOTP:
    """Set up an authenticator app; the code that proved it was used by that."""
    factor: totp.TOTP = _ACTIVATE(kind, user, secret)
    mark_step(factor.instance, _proven.get())
    return factor


def _is_of_step(secret: str, code: str, step: int) -> bool:
    expected = totp.format_hotp_value(totp.hotp_value(secret, step))
    return bool(compare_user_code(actual=code, expected=expected))
