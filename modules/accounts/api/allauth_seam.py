"""
The one file that replaces parts of allauth: where it is wrong, or miscounts, and offers no adapter.

Each replacement says what was wrong. `install` runs once, before allauth's views are looked up; a test holds
each against the installed version.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import cache, lru_cache, wraps
from typing import Any

from allauth.account.forms import AddEmailForm
from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.core.internal import jwkkit
from allauth.core.internal.cryptokit import compare_user_code
from allauth.headless.account.inputs import ChangePasswordInput, ResetPasswordKeyInput, VerifyEmailInput
from allauth.mfa import app_settings as mfa
from allauth.mfa.base import forms as code_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn import forms as passkey_forms
from django.contrib.auth.base_user import AbstractBaseUser

from modules.accounts.services.address_room import adding_address
from modules.accounts.services.guesses import Refund, charge_guess_of_code, charge_guess_of_person
from modules.accounts.services.second_factors import mark_step, use_step

_ACTIVATE = totp.TOTP.activate.__func__

# The step whose code set an authenticator app up in this request.
_proven: ContextVar[int] = ContextVar("proven", default=0)


@cache
def install() -> None:
    """Put our parts in the place of allauth's, once."""
    # Its count of wrong second factors stands in the cache: without Redis it counts nothing, or refuses all.
    for forms in (code_forms, totp_forms, passkey_forms):
        forms.check_rate_limit = _charge_second_factor
    # It counts wrong codes in the session, which parallel requests read before any of them has written.
    VerifyEmailInput.clean_key = _counted(VerifyEmailInput.clean_key, _charge_mailed_code)
    ResetPasswordKeyInput.clean_key = _counted(ResetPasswordKeyInput.clean_key, _charge_mailed_code)
    # It keeps a code for which no mail was left, and lets it be guessed at in any number of new sessions.
    for process in (EmailVerificationProcess, PasswordResetVerificationProcess):
        process.send = _withholding(process.send)
    # It counts the addresses of an account before it adds one, and not while.
    AddEmailForm.save = _alone(AddEmailForm.save)
    # It does not count this at all: who holds a stolen session could guess the password.
    ChangePasswordInput.clean_current_password = _counted(
        ChangePasswordInput.clean_current_password, _charge_current_password
    )
    # It takes a code of its own step alone, or else of the coming one too, and remembers it in the cache.
    totp.validate_totp_code = _prove_totp
    totp.TOTP.validate_code = _validate_totp
    totp.TOTP.activate = classmethod(_activate_totp)
    # It reads the private key anew, in tens of ms, for each token and whoever asks for the public one.
    jwkkit.load_jwk_from_pem = lru_cache(maxsize=4)(jwkkit.load_jwk_from_pem)


def _counted(clean: Callable[[Any], Any], charge: Callable[[Any], Refund]) -> Callable[[Any], Any]:
    """Return a form's check of a secret that is charged before it is made, and given back if it was right."""

    @wraps(clean)
    def counted(form: Any) -> Any:
        refund = charge(form)
        cleaned = clean(form)
        refund()
        return cleaned

    return counted


def _charge_second_factor(user: AbstractBaseUser, error_key: str | None = None) -> Refund:
    """Count a try at a second factor by its person; allauth calls this before it tries anything."""
    return charge_guess_of_person(user.pk)


def _charge_current_password(form: Any) -> Refund:
    return charge_guess_of_person(form.user.pk)


def _charge_mailed_code(form: Any) -> Refund:
    """Count a try at the code that the form's process has mailed; by a link there is none to guess."""
    process = getattr(form, "process", None)
    return charge_guess_of_code((process.code if process else getattr(form, "code", None)) or "")


def _alone(save: Callable[..., Any]) -> Callable[..., Any]:
    """Return a form's saving of a new address, while nobody else adds one to the same account."""

    @wraps(save)
    def save_alone(form: Any, *args: Any) -> Any:
        with adding_address(form.user.pk):
            return save(form, *args)

    return save_alone


def _withholding(send: Callable[..., None]) -> Callable[..., None]:
    """
    Return a process's sending, after which a code that was not mailed is one that nobody can guess.

    So is that of an address which nobody has: tries at it are counted like those at any other.
    """

    @wraps(send)
    def withhold(process: Any, *args: Any, **options: Any) -> None:
        process.request.code_is_sent = True
        send(process, *args, **options)
        if not process.request.code_is_sent or not process.code:
            process.state["code"] = secrets.token_urlsafe(32)

    return withhold


def _steps() -> Iterator[int]:
    """Yield the steps whose codes are taken: this one, and one before for the delay (RFC 6238, 5.2)."""
    now = int(time.time()) // mfa.TOTP_PERIOD
    yield from (now, now - 1)


def _validate_totp(factor: totp.TOTP, code: str) -> bool:
    """Return whether a code is of a step that is still taken and was not used, and use it."""
    secret = decrypt(factor.instance.data["secret"])
    right = [step for step in _steps() if _is_of_step(secret, code, step)]
    return bool(right) and use_step(factor.instance.pk, right)


def _prove_totp(secret: str, code: str) -> bool:
    """Return whether a code shows that an app has a secret that is about to be set up, and note its step."""
    right = [step for step in _steps() if _is_of_step(secret, code, step)]
    if right:
        _proven.set(max(right))
    return bool(right)


def _activate_totp(kind: type[totp.TOTP], user: AbstractBaseUser, secret: str) -> totp.TOTP:
    """Set up an authenticator app; the code that proved it was used by that."""
    factor: totp.TOTP = _ACTIVATE(kind, user, secret)
    mark_step(factor.instance, _proven.get())
    return factor


def _is_of_step(secret: str, code: str, step: int) -> bool:
    expected = totp.format_hotp_value(totp.hotp_value(secret, step))
    return bool(compare_user_code(actual=code, expected=expected))
