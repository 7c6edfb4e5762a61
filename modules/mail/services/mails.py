"""
Mails: written down with the request, sent by a worker (`sending.py`).

The text is rendered here, HTML is made of the same facts by the worker.
"""

import dataclasses
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from modules.mail.events import MailQueued
from modules.mail.models import Mail, MailKind
from modules.mail.schemas import NewMail
from modules.mail.services.rendering import render_text
from modules.mail.services.room import (
    MAILS_DAILY,
    MAILS_HOURLY,
    NOTICES_DAILY,
    NOTICES_HOURLY,
    OF_STRANGERS_DAILY,
    OF_STRANGERS_HOURLY,
    has_room,
)
from sharding import outbox
from sharding.scope import Once, writing_directory

_COLUMNS = {"to", "subject"}


def queue_mail(mail: NewMail, *, now: datetime) -> None:
    """
    Write down a mail that tells somebody what was done to their account.

    Strangers cannot use up what there is of these, for they do nothing to it. Who is logged in can, and is
    told of in twenty mails before one is left out. None goes to an address that is undeliverable.
    """
    if has_room(mail.to, NOTICES_HOURLY, NOTICES_DAILY):
        _store(mail, MailKind.NOTICE, now=now)


def queue_asked_mail(
    mail: NewMail, *, is_of_receiver: Callable[[], bool], now: datetime, is_notice: bool = False
) -> bool:
    """
    Write down a mail that anybody can have sent to anybody; return whether there was room for it.

    It is counted by whom it is for, over all that causes such mails. There is room for one more than others
    can use up: then `is_of_receiver` is asked whether it is the receiver who wants it, as far as can be told.
    It goes to addresses that are undeliverable too, for so they are proven again; a notice to an address that
    nobody has proven, which is counted here as well, does not.
    """
    all_ways = MAILS_HOURLY, MAILS_DAILY
    of_strangers = OF_STRANGERS_HOURLY, OF_STRANGERS_DAILY
    is_queued = has_room(mail.to, *all_ways, *of_strangers) or (
        is_of_receiver() and has_room(mail.to, *all_ways)
    )
    if is_queued:
        _store(mail, MailKind.NOTICE if is_notice else MailKind.ASKED, now=now)
    return is_queued


def queue_bulk_mails(mails: Sequence[NewMail], *, now: datetime, once: Once | None = None) -> None:
    """
    Write down mails of which many are sent (a digest, an issue): all of them, or none.

    They are sent by the clock, many over one connection, after everything else that waits; none goes to an
    address that is undeliverable when its turn comes. Whoever calls counts what one person gets.

    :raises AlreadyDone: if `once` was used before
    """
    with writing_directory(once=once):
        Mail.objects.bulk_create(_to_row(mail, MailKind.BULK, now=now) for mail in mails)


def _store(mail: NewMail, kind: MailKind, *, now: datetime) -> None:
    """Write a mail down and announce it; each is its own owner, so that none waits for another's trouble."""
    row = _to_row(mail, kind, now=now)
    with writing_directory():
        row.save(force_insert=True)
        outbox.record(MailQueued(mail_id=row.id), owner_id=row.id)


def _to_row(mail: NewMail, kind: MailKind, *, now: datetime) -> Mail:
    return Mail(
        to=mail.to,
        subject=mail.subject,
        text=render_text(mail),
        content=_to_content(mail),
        kind=kind,
        created_at=now,
        try_after=now,
    )


def _to_content(mail: NewMail) -> dict[str, Any]:
    """Return what of a mail has no column of its own."""
    names = (field.name for field in dataclasses.fields(mail))
    return {name: getattr(mail, name) for name in names if name not in _COLUMNS}


def forget_mails_to(addresses: Collection[str]) -> int:
    """Delete the mails that wait for these addresses, in the caller's transaction; return how many."""
    deleted, _ = Mail.objects.filter(to__in=list(addresses)).delete()
    return deleted
