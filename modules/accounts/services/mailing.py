"""
Mailing people who are named by their ids: their addresses stay here and with mail.

A context that mails thousands would otherwise hold thousands of addresses, and could show or log them. So it
hands over what it has to say, by id, and hears who was mailed.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from allauth.account.models import EmailAddress

from modules.mail import public as mail
from modules.mail.schemas import NewMail
from sharding.scope import Once, writing_directory


def queue_bulk_mails(
    mails: Mapping[int, NewMail], *, now: datetime, once: Once | None = None, owner_id: int = 0
) -> frozenset[int]:
    """
    Write down a mail for each of these users, whatever it says it is to; return who will be mailed.

    Passed over is whose account is closed or suspended, who has proven no address, and whose address takes no
    mail. All are written in one transaction of the directory, or in the one that is open; `owner_id` is whose
    `once` it is.

    :raises AlreadyDone: if `once` was used before
    """
    with writing_directory(once=once, owner_id=owner_id):
        addresses = _map_addresses(mails.keys())
        undeliverable = mail.find_undeliverable(addresses.values())
        told = {
            id: addressed
            for id, address in addresses.items()
            if address not in undeliverable and (addressed := _address(mails[id], address))
        }
        mail.queue_bulk_mails(list(told.values()), now=now)
    return frozenset(told)


def _address(new: NewMail, address: str) -> NewMail | None:
    """Return a mail to an address; None if no header can hold it, which must not keep others from theirs."""
    try:
        return replace(new, to=address)
    except ValueError:
        return None


def _map_addresses(user_ids: Collection[int]) -> dict[int, str]:
    """Return the address of each that is open and has proven one: the primary one, if that is proven."""
    proven = EmailAddress.objects.filter(
        user_id__in=user_ids, verified=True, user__is_active=True, user__is_pending=False
    )
    # The first of each is what counts: a dict keeps the last.
    rows = proven.order_by("user_id", "primary", "-id").values_list("user_id", "email")
    return dict(rows)
