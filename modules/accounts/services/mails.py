"""Mails: written down with the request, sent by a worker."""

from datetime import datetime, timedelta

from django.core.mail import EmailMessage

from modules.accounts.events import MailQueued
from modules.accounts.models import Mail
from sharding import outbox
from sharding.scope import writing_directory

# By then a code is worthless, and whoever wanted it has asked for another.
WORTHLESS_AFTER = timedelta(days=1)


def queue_mail(message: EmailMessage, *, now: datetime) -> None:
    """Write a mail down and announce it; each is its own owner, so that none waits for another."""
    with writing_directory():
        mail = Mail.objects.create(
            to=message.to[0], subject=str(message.subject)[:200], text=str(message.body), created_at=now
        )
        outbox.record(MailQueued(mail_id=mail.id), owner_id=mail.id)


def send_mail(mail_id: int) -> None:
    """
    Send a mail that waits, then forget it.

    A worker that dies in between sends it again: a mail cannot be sent exactly once.

    :raises OSError: if the mail server does not take it
    """
    mail = Mail.objects.filter(id=mail_id).first()
    if mail is None:
        return
    EmailMessage(mail.subject, mail.text, to=[mail.to]).send()
    with writing_directory():
        Mail.objects.filter(id=mail_id).delete()


def forget_old_mails(*, now: datetime) -> int:
    """Delete mails that nobody would take and that are worthless by now; return how many."""
    with writing_directory():
        deleted, _ = Mail.objects.filter(created_at__lt=now - WORTHLESS_AFTER).delete()
    return deleted
