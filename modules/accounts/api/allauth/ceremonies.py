"""
The ceremonies of passkeys: each begins with a GET, which yields a challenge, and ends at the same path.

allauth keeps one challenge a session for all of them, so that one which was begun with a touch could end as a
log-in, which asks for a PIN or a finger. Here a ceremony ends only what was begun at its own path, for the
same person, once and within minutes. What a passkey was registered for is ours to say, not the browser's: one
that was made as a second factor logs nobody in by itself.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from fido2.webauthn import AuthenticationResponse, AuthenticatorData

from modules.accounts.api.allauth.internals import webauthn
from modules.accounts.api.allauth.passkeys import counter_of, to_stored
from modules.accounts.api.request_state import request_state
from modules.accounts.services.passkeys import (
    CHALLENGE_TTL,
    SIGN_COUNT,
    adding_passkey,
    check_room_for_passkey,
    spend_challenge,
    use_sign_count,
)
from modules.kernel import clock

_IN_SESSION = webauthn.STATE_SESSION_KEY

User = AbstractBaseUser
# What a ceremony is begun for: no more is asked for than the passkey.
PASSWORDLESS = "is_passwordless"


def install() -> None:
    """Put these ceremonies in the place of allauth's."""
    webauthn.begin_registration = _beginning_registration(webauthn.begin_registration)
    webauthn.begin_authentication = _beginning_authentication(webauthn.begin_authentication)
    webauthn.get_state = take
    webauthn.complete_registration = _completing_registration(webauthn.complete_registration)
    webauthn.complete_authentication = _completing_authentication(webauthn.complete_authentication)
    webauthn.WebAuthn.add = classmethod(add)


def _beginning_registration(begin: Callable[[User, bool], Any]) -> Callable[[User, bool], Any]:
    """Return the beginning of a registration, which notes what the passkey is made for."""

    @wraps(begin)
    def begin_noted(user: User, passwordless: bool) -> Any:
        check_room_for_passkey(user.pk)
        options = begin(user, passwordless)
        _note(user_id=user.pk, is_passwordless=passwordless)
        return options

    return begin_noted


def _beginning_authentication(begin: Callable[[User | None], Any]) -> Callable[..., Any]:
    """Return the beginning of all other ceremonies, which notes who is to show a passkey."""

    @wraps(begin)
    def begin_noted(user: User | None = None) -> Any:
        options = begin(user)
        _note(user_id=None if user is None else user.pk, is_passwordless=user is None)
        return options

    return begin_noted


def take() -> dict[str, Any] | None:
    """Return the ceremony that was begun at this path, and end it; None if there is none, or no more."""
    request = context.request
    begun = request.session.pop(_IN_SESSION, None)
    if not begun or begun.get("path") != request.path_info:
        return None
    age = clock.now().timestamp() - begun["begun_at"]
    if age > CHALLENGE_TTL.total_seconds() or not spend_challenge(begun["challenge"], now=clock.now()):
        return None
    request_state().ceremony = begun
    return dict(begun)


def _completing_registration(
    complete: Callable[[Any], AuthenticatorData],
) -> Callable[[Any], AuthenticatorData]:
    """Return the end of a registration, which says what is wrong of the passkey, not of the form."""

    @wraps(complete)
    def complete_own(credential: Any) -> AuthenticatorData:
        try:
            made = complete(credential)
            _check_whose(context.request.user)
        except ValidationError as error:
            raise ValidationError({"credential": error}) from None
        return made

    return complete_own


def _completing_authentication(
    complete: Callable[[User, Any], Authenticator],
) -> Callable[[User, Any], Authenticator]:
    """Return the end of all other ceremonies, after which a passkey may do what it was registered for."""

    @wraps(complete)
    def complete_own(user: User, credential: Any) -> Authenticator:
        key = complete(user, credential)
        begun = request_state().ceremony or {}
        if begun[PASSWORDLESS] and key.wrap().is_passwordless is not True:
            raise _refused()
        if not begun[PASSWORDLESS]:
            _check_whose(user)
        shown = AuthenticationResponse.from_dict(credential).response.authenticator_data
        if not use_sign_count(key.pk, shown.counter):
            raise _refused()
        return key

    return complete_own


def add(kind: type[webauthn.WebAuthn], user: User, name: str, credential: dict[str, Any]) -> Any:
    """Store a passkey whose registration has just ended."""
    begun = request_state().ceremony or {}
    data = {
        "name": name,
        "credential": to_stored(credential, is_passwordless=begun[PASSWORDLESS]),
        SIGN_COUNT: counter_of(credential),
    }
    with adding_passkey(user.pk):
        return kind(Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data))


def _note(*, user_id: int | None, is_passwordless: bool) -> None:
    """Put beside the challenge what it is for."""
    request = context.request
    request.session[_IN_SESSION] = {
        **request.session[_IN_SESSION],
        "path": request.path_info,
        "user_id": user_id,
        PASSWORDLESS: is_passwordless,
        "begun_at": clock.now().timestamp(),
    }


def _check_whose(user: Any) -> None:
    if (request_state().ceremony or {}).get("user_id") != user.pk:
        raise _refused()


def _refused() -> ValidationError:
    refused: ValidationError = get_adapter().validation_error("incorrect_code")
    return refused
