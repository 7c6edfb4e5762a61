"""Who accounts are, for every other context."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from modules.accounts.errors import AccountNotFound
from modules.accounts.models import User
from modules.accounts.models.users import to_skeleton, to_username
from modules.accounts.schemas import AccountStatus, Identity
from modules.accounts.selectors.held import is_held


def get_identity(user_id: int) -> Identity:
    """
    Return an account's identity.

    :raises AccountNotFound: if there is no such account
    """
    try:
        return map_identities([user_id])[user_id]
    except KeyError:
        raise AccountNotFound from None


def map_identities(user_ids: Collection[int]) -> dict[int, Identity]:
    """
    Return the identity of each account; unknown ids are absent, and so are sign-ups that wait for a code.

    One read of the directory.
    """
    rows = User.objects.filter(id__in=user_ids, is_pending=False)
    shown = rows.values("id", "username", "is_active", "created_at")
    return {row["id"]: Identity(**row) for row in shown}


def list_account_ids(after: int, limit: int) -> list[int]:
    """Return the ids of the accounts after one, in order; sign-ups that wait for a code are none."""
    rows = User.objects.filter(id__gt=after, is_pending=False).order_by("id")
    return list(rows.values_list("id", flat=True)[:limit])


def find_user_id(username: str) -> int | None:
    """
    Return the id of the active account with this username, in whatever case it is written, or None.

    One read of one unique index: a cached copy would cost more than it (speed.md, cachalot).
    """
    if not username.isascii() or "\0" in username:
        return None
    rows = User.objects.filter(username=to_username(username), is_active=True, is_pending=False)
    return rows.values_list("id", flat=True).first()


def get_account_status(username: str) -> AccountStatus:
    """
    Return whether the account of a name is open, and what closes it.

    :raises AccountNotFound: if there is no such account
    """
    row = User.objects.filter(username=to_username(username)).values(*AccountStatus.model_fields).first()
    if row is None:
        raise AccountNotFound
    return AccountStatus(**row)


def find_deletion(user_id: int) -> datetime | None:
    """Return when an account that its user closed is deleted; None of one that is open, or gone."""
    return User.objects.filter(id=user_id).values_list("delete_after", flat=True).first()


def find_account_status(account: str) -> AccountStatus:
    """
    Return the same of an account that is named by its username, its id or its address.

    A username may be all digits; then it is the username that is meant.

    :raises AccountNotFound: if there is no such account
    """
    written = account.strip().lower()
    meant = Q(email=written) if "@" in written else Q(username=written)
    if written.isascii() and written.isdigit() and int(written[:20]) < 2**63:
        meant |= Q(id=int(written[:20]))
    rows = User.objects.filter(meant).values(*AccountStatus.model_fields)
    found = sorted(rows, key=lambda row: row["username"] != written)
    if not found:
        raise AccountNotFound
    return AccountStatus(**found[0])


def map_user_ids(usernames: Collection[str]) -> dict[str, int]:
    """Return the id of each account with one of these usernames, in lower case; unknown ones are absent."""
    return dict(User.objects.filter(username__in=usernames).values_list("username", "id"))


def map_open_user_ids(usernames: Collection[str]) -> dict[str, int]:
    """
    Return the id of each active account with one of these usernames, in lower case; others are absent.

    One read of the directory.
    """
    rows = User.objects.filter(username__in=usernames, is_active=True, is_pending=False)
    return dict(rows.values_list("username", "id"))


def is_username_taken(username: str) -> bool:
    """Return whether an account has this username or one that looks like it, or had it till lately."""
    skeleton = to_skeleton(username)
    return User.objects.filter(skeleton=skeleton).exists() or is_held(skeleton)
