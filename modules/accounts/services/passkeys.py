"""What is held of passkeys so that each challenge is used once, and no copy of a key goes unseen."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator

from modules.accounts.errors import TooManyPasskeys
from modules.accounts.models import SpentToken, User
from modules.accounts.services.sessions import hash_key
from sharding.scope import writing_directory

# All passkeys of an account are read at each of its log-ins by one.
MOST = 20
# A challenge is answered within it; browsers give people five minutes.
CHALLENGE_TTL = timedelta(minutes=10)

# Under which a passkey's row holds how often it says that it was used.
SIGN_COUNT = "sign_count"


@contextmanager
def adding_passkey(user_id: int) -> Iterator[None]:
    """
    Run a block that adds a passkey to an account; one at a time, so that all are counted.

    :raises TooManyPasskeys: if the account has reached the limit
    """
    with writing_directory(owner_id=user_id):
        User.objects.select_for_update().get(id=user_id)
        check_room_for_passkey(user_id)
        yield


def check_room_for_passkey(user_id: int) -> None:
    """
    Look whether an account may have one more passkey.

    :raises TooManyPasskeys: if it has reached the limit
    """
    if Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.WEBAUTHN).count() >= MOST:
        raise TooManyPasskeys


def spend_challenge(challenge: str, *, now: datetime) -> bool:
    """
    Use a challenge up; return whether this was the first time, however many ask at once.

    The session that holds it does not tell: requests that came together have all read it.
    """
    digest = hash_key(f"passkey challenge {challenge}")
    with writing_directory():
        _, is_first = SpentToken.objects.get_or_create(
            token_hash=digest, defaults={"expires_at": now + CHALLENGE_TTL}
        )
    return is_first


def use_sign_count(authenticator_id: int, count: int) -> bool:
    """
    Take the count that a passkey says it was used; return False if it does not go on (WebAuthn, 7.2 step 22).

    Then there are two of it, and one is a copy. A passkey that does not count says 0 for ever.
    """
    with writing_directory():
        row = Authenticator.objects.select_for_update().filter(id=authenticator_id).first()
        if row is None:
            return False
        last = row.data.get(SIGN_COUNT, 0)
        if count <= last and (count or last):
            return False
        row.data[SIGN_COUNT] = count
        row.save(update_fields=["data"])
    return True
