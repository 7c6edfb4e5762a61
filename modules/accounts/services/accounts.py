"""Making accounts, and what ends all their sessions."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.idp.oidc.models import Token
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError
from django.db.models import F

from modules.accounts.errors import AccountNotFound, DoneMeanwhile, EmailTaken, UsernameInvalid, UsernameTaken
from modules.accounts.events import AccountCreated, CredentialsEnded, SessionsRevoked
from modules.accounts.models import Session, User
from modules.accounts.models.users import USERNAME_RULE, to_skeleton, to_username
from modules.accounts.schemas import Identity
from modules.accounts.selectors.held import is_held
from modules.accounts.services.addresses import to_address
from modules.accounts.services.claims import claim_address, forget_unproven_addresses
from modules.accounts.services.credentials import map_owned_revocation_ids
from modules.accounts.services.ownership import MailedCode, take_over
from modules.accounts.services.passwords import to_password
from modules.accounts.services.places import forget_places
from modules.accounts.services.revocations import raise_epoch_in_cache, revoke_in_cache
from modules.kernel import clock
from modules.kernel.errors import Refusal
from sharding import outbox
from sharding.allocate import choose_shard
from sharding.scope import Once, writing_directory

UNIQUE_VIOLATION = "23505"
_CLAIMS: dict[str, type[Refusal]] = {
    "accounts_username_claim": UsernameTaken,
    "accounts_skeleton_claim": UsernameTaken,
    "unique_verified_email": EmailTaken,
}


def create_account(*, username: str, email: str | None, password: str | None, now: datetime) -> Identity:
    """
    Create an account on a shard of its own choosing and announce it; without a password nobody can log in.

    Its address counts as confirmed: whoever calls this vouches for it.

    :raises UsernameInvalid: if the username breaks the rule
    :raises AddressInvalid: if the address is none; PasswordInvalid: if the password cannot be typed
    :raises UsernameTaken: if somebody has the username, or one that looks like it
    :raises EmailTaken: if somebody has the address
    """
    if not re.match(USERNAME_RULE, name := to_username(username)):
        raise UsernameInvalid
    hashed = make_password(None if password is None else to_password(password))
    user = User(username=name, email=None if email is None else to_address(email), password=hashed)
    with refusing_taken(), writing_directory():
        register(user, now=now)
        if user.email:
            claim_address(user.id, user.email)
    return Identity(id=user.id, username=user.username, is_active=True, created_at=now)


def register(
    user: AbstractBaseUser, *, now: datetime, once: Once | None = None, is_pending: bool = False
) -> None:
    """
    Claim the username of a filled-in row that allauth made, give it an id, and announce it; all or nothing.

    One that waits for its address to be verified is announced by `open_account`. A key is nobody's: who signs
    up is not known yet.

    :raises UsernameTaken: if somebody has the username, or one that looks like it, or had it till lately
    """
    assert isinstance(user, User)
    user.skeleton = to_skeleton(user.username)
    user.created_at = now
    user.shard_hint = choose_shard()
    user.is_pending = is_pending
    with refusing_taken(), writing_directory(once=once):
        user.save(force_insert=True)
        # After the claim, which waits for who is just being erased: then their name is held.
        if is_held(user.skeleton):
            raise UsernameTaken
        if not is_pending:
            outbox.record(AccountCreated(user_id=user.id), owner_id=user.id)


def open_account(user_id: int) -> None:
    """Announce an account whose sign-up was finished, once."""
    with writing_directory(owner_id=user_id):
        if User.objects.filter(id=user_id, is_pending=True).update(is_pending=False):
            outbox.record(AccountCreated(user_id=user_id), owner_id=user_id)


@contextmanager
def refusing_taken() -> Iterator[None]:
    """
    Run a block and say of a broken claim what is taken.

    Two people may want one name in the same moment; the constraint decides, not a look beforehand.

    :raises UsernameTaken, EmailTaken: if a name or a verified address is somebody else's
    """
    try:
        yield
    except IntegrityError as error:
        raise to_refusal(error) from error


def to_refusal(error: IntegrityError) -> Exception:
    """
    Return the refusal that a broken claim means, or the error itself if it is none.

    allauth looks before it writes, without a lock; of two that look at once the second breaks a constraint.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    refusal = _CLAIMS.get(getattr(diagnosis, "constraint_name", None) or "")
    if refusal is None and getattr(diagnosis, "sqlstate", None) == UNIQUE_VIOLATION:
        refusal = DoneMeanwhile
    return refusal() if refusal else error


def set_password(user_id: int, password: str) -> int:
    """
    Replace a password and end every session of the account; return the new epoch.

    Addresses that were added and not verified go as well: who knew the old password may have added them, and
    holds what verifies them.

    :raises AccountNotFound: if there is no such account
    :raises PasswordInvalid: if it has no form
    """
    return _replace_password(user_id, password)


def change_password(user: AbstractBaseUser, password: str, *, code: MailedCode | None = None) -> None:
    """
    Replace the password of a row that allauth holds, and bring the row up to date.

    `code` is what this is done by if nobody is logged in; if nobody had verified its address, all goes that
    came before (`services/ownership.py`).

    :raises DoneMeanwhile: if the code was used
    """
    assert isinstance(user, User)
    user.epoch = _replace_password(user.id, password, code=code)
    user.refresh_from_db(fields=["password"])


def _replace_password(user_id: int, password: str, *, code: MailedCode | None = None) -> int:
    hashed = make_password(to_password(password))
    with writing_directory(owner_id=user_id):
        revocation_ids = [] if code is None else take_over(user_id, code, now=clock.now())
        forget_places(user_id)
        forget_unproven_addresses(user_id)
        ended = end_sessions(user_id, password=hashed)
    ended.revoke_in_cache()
    revoke_in_cache(*revocation_ids)
    return ended.epoch


def set_roles(user_id: int, roles: Collection[str]) -> int:
    """
    Replace the roles of an account and end its sessions, which carry the old ones; return the new epoch.

    :raises AccountNotFound: if there is no such account
    """
    return _raise_epoch(user_id, roles=sorted(roles))


def end_all_sessions(user_id: int) -> int:
    """
    Log an account out everywhere; return the new epoch.

    :raises AccountNotFound: if there is no such account
    """
    return _raise_epoch(user_id)


def _raise_epoch(user_id: int, **changes: Any) -> int:
    """Change an account and make every session opened so far invalid, in one transaction."""
    with writing_directory(owner_id=user_id):
        ended = end_sessions(user_id, **changes)
    ended.revoke_in_cache()
    return ended.epoch


@dataclass(frozen=True, slots=True)
class Ended:
    """What Redis has to hear, once it is committed, of sessions and credentials that ended."""

    user_id: int
    epoch: int
    revocation_ids: tuple[str, ...]

    def revoke_in_cache(self) -> None:
        """Tell Redis at once; should it be away, the events' subscribers tell it later."""
        raise_epoch_in_cache(self.user_id, self.epoch)
        revoke_in_cache(*self.revocation_ids)


def end_sessions(user_id: int, **changes: Any) -> Ended:
    """
    Change an account and end its sessions and tokens, in the caller's transaction.

    What its apps hold for themselves is asked of the directory again: whether it lives hangs on the account.

    :raises AccountNotFound: if there is no such account
    """
    if not User.objects.filter(id=user_id).update(epoch=F("epoch") + 1, **changes):
        raise AccountNotFound
    epoch = User.objects.values_list("epoch", flat=True).get(id=user_id)
    Session.objects.filter(user_id=user_id, epoch__lt=epoch).delete()
    # Whoever got in may have let an app in; cached entries of tokens carry the old epoch as well.
    Token.objects.filter(user_id=user_id).delete()
    outbox.record(SessionsRevoked(user_id=user_id, epoch=epoch))
    owned = map_owned_revocation_ids(user_id)
    for app_id, revocation_ids in owned.items():
        outbox.record(CredentialsEnded(app_id=app_id, revocation_ids=revocation_ids))
    return Ended(
        user_id,
        epoch,
        tuple(revocation_id for revocation_ids in owned.values() for revocation_id in revocation_ids),
    )
