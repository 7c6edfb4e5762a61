"""
Mails: written down with the request, sent by a worker.

The event of a mail only notifies; what still stands is tried again by the clock, however long the mail server
is away, until the mail is worthless.
"""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.crypto import salted_hmac

from modules.kernel import limits, quotas
from modules.kernel.limits import Cost, Limit, LimitReached
from modules.mail.events import MailQueued
from modules.mail.models import Mail
from sharding import outbox
from sharding.scope import writing_directory

# By then a code is worthless, and whoever wanted it has asked for another.
WORTHLESS_AFTER = timedelta(days=1)
# Longer than a mail server keeps anybody waiting, step by step; then another worker may try.
TRIED_AGAIN_AFTER = timedelta(minutes=2)
BATCH = 200
# To one person; the last is kept for where the person has got in before.
MAILS_HOURLY = limits.declare("mail-hourly", 5, 3600, counts="mails to one receiver that anybody can ask for")
MAILS_DAILY = limits.declare("mail-daily", 20, 86_400, counts="the same, over a day")
OF_STRANGERS_HOURLY = limits.declare(
    "mail-of-strangers-hourly",
    4,
    3600,
    counts="of those, mails asked for from where the receiver has not got in before",
)
OF_STRANGERS_DAILY = limits.declare("mail-of-strangers-daily", 16, 86_400, counts="the same, over a day")
# About what was done to an account, which takes being logged in to it.
NOTICES_HOURLY = limits.declare(
    "notice-hourly", 20, 3600, counts="mails to one person about what was done to their account"
)
NOTICES_DAILY = limits.declare("notice-daily", 60, 86_400, counts="the same, over a day")
# The one great provider whose two names lead to one mailbox; others give the same name under another domain
# of theirs (hotmail.com, outlook.com) to another person.
SAME_DOMAIN = {"googlemail.com": "gmail.com"}

log = structlog.get_logger(__name__)


def queue_mail(message: EmailMessage, *, now: datetime) -> None:
    """
    Write down a mail that tells somebody what was done to their account.

    Strangers cannot use up what there is of these, for they do nothing to it. Who is logged in can, and is
    told of in twenty mails before one is left out.
    """
    if _has_room(message, NOTICES_HOURLY, NOTICES_DAILY):
        _store(message, now=now)


def queue_asked_mail(message: EmailMessage, *, is_of_receiver: Callable[[], bool], now: datetime) -> bool:
    """
    Write down a mail that anybody can have sent to anybody; return whether there was room for it.

    It is counted by whom it is for, over all that causes such mails. There is room for one more than others
    can use up: then `is_of_receiver` is asked whether it is the receiver who wants it, as far as can be told.
    """
    all_ways = MAILS_HOURLY, MAILS_DAILY
    of_strangers = OF_STRANGERS_HOURLY, OF_STRANGERS_DAILY
    has_room = _has_room(message, *all_ways, *of_strangers) or (
        is_of_receiver() and _has_room(message, *all_ways)
    )
    if has_room:
        _store(message, now=now)
    return has_room


def _has_room(message: EmailMessage, *quotas_of_receiver: Limit) -> bool:
    """Charge a mail to its receiver; return whether that was possible."""
    if not settings.LIMITS.is_on:
        return True
    receiver = _to_mailbox(message.to[0])
    try:
        quotas.acquire(*(Cost(limit, receiver) for limit in quotas_of_receiver))
    except LimitReached as reached:
        log.info("mail_left_out", limit=reached.state.limit.name)
        return False
    return True


def _to_mailbox(address: str) -> str:
    """
    Return what stands for the mailbox that an address leads to, as far as can be told.

    Many servers ignore dots and what follows a plus. Two people whom that makes one share a limit, no more.
    """
    name, _, domain = address.strip().lower().rpartition("@")
    mailbox = f"{name.partition('+')[0].replace('.', '')}@{SAME_DOMAIN.get(domain, domain)}"
    return salted_hmac("mail.mailbox", mailbox, algorithm="sha256").hexdigest()


def _store(message: EmailMessage, *, now: datetime) -> None:
    """Write a mail down and announce it; each is its own owner, so that none waits for another's trouble."""
    with writing_directory():
        mail = Mail.objects.create(
            to=message.to[0],
            subject=str(message.subject)[:200],
            text=str(message.body),
            created_at=now,
            try_after=now,
        )
        outbox.record(MailQueued(mail_id=mail.id), owner_id=mail.id)


def send_mail(mail_id: int, *, now: datetime) -> None:
    """
    Send a mail that waits, unless another worker is at it, then forget it.

    A worker that dies in between has it sent again: a mail cannot be sent exactly once.
    """
    with writing_directory():
        waiting = Mail.objects.filter(id=mail_id, try_after__lte=now)
        if not waiting.update(try_after=now + TRIED_AGAIN_AFTER):
            return
        # In the same transaction: what is held now, no clean-up takes away before it is read.
        mail = Mail.objects.get(id=mail_id)
    if _is_settled(mail):
        with writing_directory():
            Mail.objects.filter(id=mail_id).delete()


def send_waiting_mails(*, now: datetime) -> None:
    """Try again what nobody took so far."""
    due = Mail.objects.filter(try_after__lte=now).order_by("id").values_list("id", flat=True)
    for mail_id in list(due[:BATCH]):
        send_mail(mail_id, now=now)


def forget_old_mails(*, now: datetime) -> int:
    """Delete mails that nobody would take and that are worthless by now; return how many."""
    with writing_directory():
        deleted, _ = Mail.objects.filter(created_at__lt=now - WORTHLESS_AFTER).delete()
    return deleted


def _is_settled(mail: Mail) -> bool:
    """Send a mail; return whether that is the end of it. No log and no error may name the address."""
    try:
        EmailMessage(mail.subject, mail.text, to=[mail.to]).send()
    except smtplib.SMTPRecipientsRefused as refusal:
        codes = [code for code, _ in refusal.recipients.values()]
        log.warning("mail_refused", mail_id=mail.id, codes=codes)
        return all(code >= 500 for code in codes)
    except OSError as trouble:  # smtplib's errors are of this kind
        log.warning("mail_not_sent", mail_id=mail.id, kind=type(trouble).__name__)
        return False
    return True
