"""
Closing accounts and opening them again.

Two facts close an account: it was suspended, or its user wants to be gone. It is open while neither holds, so
that a log-in takes back the one and never the other.
"""

from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser

from modules.accounts.errors import AccountNotFound, ConfirmationMismatch, DoneMeanwhile
from modules.accounts.events import AccountStatusChanged
from modules.accounts.models import User
from modules.accounts.services.accounts import Ended, end_sessions
from modules.accounts.services.notices import notify
from modules.accounts.services.receipts import link_to
from sharding import outbox
from sharding.scope import writing_directory

GRACE = timedelta(days=30)
# A sign-up that nobody has finished by then gives its username free. Until then a log-in mails another code.
MAX_PENDING = timedelta(days=1)


def request_deletion(user_id: int, *, confirm: str, now: datetime) -> datetime:
    """
    Close an account at its user's wish, and return until when a log-in takes that back.

    :raises DoneMeanwhile: if its erasure has begun
    :raises ConfirmationMismatch: if what was sent to confirm it is not the user's name
    :raises AccountNotFound: if there is no such account
    """
    delete_after = now + GRACE
    with writing_directory(owner_id=user_id):
        user = lock_account(user_id)
        if user.username != confirm:
            raise ConfirmationMismatch
        if user.erasing_since is not None:
            raise DoneMeanwhile
        ended = store_closing(user, delete_after=delete_after, suspended_at=user.suspended_at)
        what = (
            f"It was closed. A log-in before {delete_after:%d %B %Y} takes that back. Then it is erased, and "
            f"whoever has this link can see what went: {link_to(user_id)}"
        )
        notify(user_id, what, notice="account_closed", now=now)
    ended.revoke_in_cache()
    return delete_after


def cancel_deletion(user_id: int) -> None:
    """
    Take back a user's wish to be gone; a suspended account stays closed.

    :raises AccountNotFound: if there is no such account
    :raises DoneMeanwhile: if its erasure has begun
    """
    with writing_directory(owner_id=user_id):
        user = lock_account(user_id)
        if user.erasing_since is not None:
            raise DoneMeanwhile
        ended = store_closing(user, delete_after=None, suspended_at=user.suspended_at)
    ended.revoke_in_cache()


def suspend_account(user_id: int, *, now: datetime) -> None:
    """
    Close an account that broke the rules; only `restore_account` opens it again.

    :raises AccountNotFound: if there is no such account
    """
    with writing_directory(owner_id=user_id):
        user = lock_account(user_id)
        ended = store_closing(user, delete_after=user.delete_after, suspended_at=user.suspended_at or now)
    ended.revoke_in_cache()


def restore_account(user_id: int) -> None:
    """
    Lift a suspension; an account whose user wants to be gone stays closed.

    :raises AccountNotFound: if there is no such account
    """
    with writing_directory(owner_id=user_id):
        user = lock_account(user_id)
        ended = store_closing(user, delete_after=user.delete_after, suspended_at=None)
    ended.revoke_in_cache()


def forget_pending_accounts(*, now: datetime, batch: int = 500) -> int:
    """
    Delete sign-ups whose address was never verified, a batch a transaction; return how many.

    Nobody has heard of these accounts, so nothing of them stands on any shard. Idempotent.
    """
    forgotten = 0
    while True:
        with writing_directory():
            late = User.objects.filter(is_pending=True, created_at__lte=now - MAX_PENDING)
            ids = list(late.select_for_update(skip_locked=True).values_list("id", flat=True)[:batch])
            User.objects.filter(id__in=ids).delete()
        forgotten += len(ids)
        if len(ids) < batch:
            return forgotten


def may_log_in(user: AbstractBaseUser, *, now: datetime) -> bool:
    """Return whether an account is open, or closed by nothing but a wish that a log-in still takes back."""
    assert isinstance(user, User)
    if user.is_active or user.suspended_at is not None:
        return user.is_active
    return user.erasing_since is None and user.delete_after is not None and user.delete_after > now


def lock_account(user_id: int) -> User:
    """
    Return the row of an account, locked until the transaction of the directory ends.

    :raises AccountNotFound: if there is no such account
    """
    user = User.objects.select_for_update().filter(id=user_id).first()
    if user is None:
        raise AccountNotFound
    return user


def store_closing(user: User, *, delete_after: datetime | None, suspended_at: datetime | None) -> Ended:
    """Store what closes an account, end its sessions, and say so if it closed or opened."""
    is_active = delete_after is None and suspended_at is None
    ended = end_sessions(user.id, is_active=is_active, delete_after=delete_after, suspended_at=suspended_at)
    if is_active != user.is_active:
        outbox.record(AccountStatusChanged(user_id=user.id, is_active=is_active))
    return ended
