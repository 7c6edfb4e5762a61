"""
The end of an account: when it begins nothing takes it back, and at last its rows in the directory go.

What lies between the two is the business of `modules/erasure`. Audit entries stay, as they must: they name
ids, which by then are nobody's.
"""

from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client
from django.apps import apps

from modules.accounts.errors import NotErasable
from modules.accounts.events import AccountErased, ErasureBegun
from modules.accounts.models import HeldName, User
from modules.accounts.selectors.addresses import is_verified, list_addresses_to_tell
from modules.accounts.selectors.held import digest_name
from modules.accounts.services.account_status import lock_account, store_closing
from modules.accounts.services.accounts import Ended
from modules.accounts.services.apps import drop_apps
from modules.accounts.services.mail_words import write_farewell
from modules.accounts.services.revocations import revoke_in_cache
from modules.mail.public import forget_mails_to, queue_mail
from sharding import outbox
from sharding.models import OnceRow
from sharding.scope import writing_directory

# So long after its account was erased nobody takes a name.
NAME_HELD: Final = timedelta(days=90)


def list_erasable(*, now: datetime, limit: int) -> list[int]:
    """Return some accounts that their users closed so long ago that it cannot be taken back; oldest first."""
    due = User.objects.filter(delete_after__lte=now, erasing_since=None).order_by("delete_after")
    return list(due.values_list("id", flat=True)[:limit])


def begin_erasure(user_id: int, *, now: datetime, at_once: bool = False) -> None:
    """
    Have an account be erased, of which its user wished so, and announce it; nothing takes that back.

    A log-in in this moment takes the wish back before, or comes too late: the row decides. An operator may do
    it `at_once`: then the account is closed first, whoever wished it.

    :raises AccountNotFound: if there is no such account
    :raises NotErasable: if its user does not wish it, or may still change their mind, or it is begun
    """
    ended: Ended | None = None
    with writing_directory(owner_id=user_id):
        user = lock_account(user_id)
        if user.erasing_since is not None:
            raise NotErasable
        if at_once:
            ended = store_closing(user, delete_after=now, suspended_at=user.suspended_at)
        elif user.delete_after is None or user.delete_after > now:
            raise NotErasable
        User.objects.filter(id=user_id).update(erasing_since=now)
        outbox.record(ErasureBegun(user_id=user_id), owner_id=user_id)
    if ended is not None:
        ended.revoke_in_cache()


def erase_account(user_id: int, *, link: str, now: datetime) -> dict[str, int]:
    """
    Delete an account that is being erased, with all that the directory has of its user, and announce it.

    Its addresses get a last mail, with the link to what was erased, which is forgotten as soon as it is sent;
    mails that wait for them go unsent. Returns how many rows went, by table; of an account that is gone none.
    """
    with writing_directory(owner_id=user_id):
        user = User.objects.select_for_update().filter(id=user_id).first()
        if user is None:
            return {}
        if user.erasing_since is None:
            raise NotErasable
        told, _ = list_addresses_to_tell(user_id)
        counts = {"accounts_mail": forget_mails_to(_list_own_addresses(user))}
        counts[Client._meta.db_table] = Client.objects.filter(owner_id=user_id).count()
        revocation_ids = drop_apps(user_id, now=now)
        HeldName.objects.update_or_create(
            digest=digest_name(user.skeleton), defaults={"until": now + NAME_HELD}
        )
        _, by_model = user.delete()
        tables = {model._meta.label: model._meta.db_table for model in apps.get_models()}
        counts |= {tables[label]: count for label, count in by_model.items()}
        counts["once"] = OnceRow.objects.using("default").filter(owner_id=user_id).delete()[0]
        outbox.record(AccountErased(user_id=user_id), owner_id=user_id)
        for address in told:
            queue_mail(write_farewell(address, link, at=now), now=now)
    revoke_in_cache(*revocation_ids)
    return {table: count for table, count in counts.items() if count}


def _list_own_addresses(user: User) -> list[str]:
    """Return a user's addresses but those that another has proven: anybody may add what is not theirs."""
    named = {*EmailAddress.objects.filter(user_id=user.id).values_list("email", flat=True), user.email}
    return [address for address in named if address and not is_verified(address, but=user.id)]


def forget_held_names(*, now: datetime) -> int:
    """Give the names free that were held long enough; return how many."""
    with writing_directory():
        return HeldName.objects.filter(until__lte=now).delete()[0]
