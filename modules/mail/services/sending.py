"""
Mails are sent by workers: one at once when it is announced, all others by the clock.

The event of a mail only notifies; what still stands is tried again by the clock, however long the mail server
is away, until the mail is worthless.
"""

import time
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from email.utils import parseaddr

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.crypto import salted_hmac

from modules.mail.models import Mail, MailKind, Reason
from modules.mail.schemas import NewMail
from modules.mail.selectors.undeliverable import find_undeliverable
from modules.mail.services.rendering import assemble_mail
from modules.mail.services.servers import MailServer, Outcome, is_left_alone
from modules.mail.services.signing import SignedMail
from modules.mail.services.undeliverable import mark_undeliverable
from sharding.scope import writing_directory

# By then a code is worthless, and whoever wanted it has asked for another.
WORTHLESS_AFTER = timedelta(days=1)
# Longer than a mail server keeps anybody waiting, step by step; then another worker may try.
TRIED_AGAIN_AFTER = timedelta(minutes=2)
# So many a worker takes at once.
BATCH = 50
OLD_BATCH = 2000
# What was taken later than this is left to whoever is next: a mail may take a minute, and nobody else may
# have taken it by then.
BATCH_S = 30
# What one run of the clock does: it comes again each minute, and a task ends after fifty seconds.
RUN_S = 40

log = structlog.get_logger(__name__)


def send_mail(mail_id: int, *, now: datetime) -> None:
    """
    Send a mail that waits, unless another worker is at it, then forget it. While nobody answers who takes
    mails it is left to the clock: else workers would wait there, and not do what others wait for.

    A worker that dies in between has it sent again: a mail cannot be sent exactly once.
    """
    if not is_left_alone():
        _send(_claim([mail_id], now=now), now=now)


def send_waiting_mails(*, now: datetime) -> None:
    """Send what nobody took so far: first what was tried longest ago, and last what is one of many."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < RUN_S:
        # What is taken late in a run is held as long as what is taken early.
        moment = now + timedelta(seconds=passed)
        mail_ids = _list_due(moment)
        mails = _claim(mail_ids, now=moment)
        if not mail_ids or not _send(mails, now=moment, within_s=min(BATCH_S, RUN_S - passed)):
            return


def forget_old_mails(*, now: datetime) -> int:
    """Delete mails that nobody would take and that are worthless by now; return how many."""
    old = Mail.objects.filter(created_at__lt=now - WORTHLESS_AFTER).order_by("created_at")
    began, deleted = time.monotonic(), 0
    # In parts: of what goes to many there may be more than one statement has time for.
    while time.monotonic() - began < RUN_S:
        with writing_directory():
            ids = list(old.values_list("id", flat=True)[:OLD_BATCH])
            deleted += Mail.objects.filter(id__in=ids).delete()[0]
        if len(ids) < OLD_BATCH:
            break
    return deleted


def _list_due(now: datetime) -> list[int]:
    """Return what comes next: two short reads of an index, however many wait."""
    due = Mail.objects.filter(try_after__lte=now).order_by("try_after", "id").values_list("id", flat=True)
    first = list(due.exclude(kind=MailKind.BULK)[:BATCH])
    return first + list(due.filter(kind=MailKind.BULK)[: BATCH - len(first)])


def _claim(mail_ids: Sequence[int], *, now: datetime) -> list[Mail]:
    """Take mails that nobody else is at, in their order, for so long as sending them may last."""
    with writing_directory():
        waiting = Mail.objects.select_for_update(skip_locked=True).filter(id__in=mail_ids, try_after__lte=now)
        # In the same transaction: what is held now, no clean-up takes away before it is read.
        mails = {mail.id: mail for mail in waiting}
        Mail.objects.filter(id__in=mails).update(try_after=now + TRIED_AGAIN_AFTER)
    return [mails[mail_id] for mail_id in mail_ids if mail_id in mails]


def _send(mails: Sequence[Mail], *, now: datetime, within_s: float = BATCH_S) -> bool:
    """Send mails over one connection; return whether there is anybody who takes any."""
    gone = find_undeliverable(mail.to for mail in mails if mail.kind != MailKind.ASKED)
    began = time.monotonic()
    with MailServer() as server:
        for place, mail in enumerate(mails):
            if time.monotonic() - began > within_s:
                _release(mails[place:], now=now)
                return True
            if mail.kind != MailKind.ASKED and mail.to in gone:
                log.info("mail_left_out", mail_id=mail.id, limit="undeliverable")
                _forget(mail)
            elif (message := _find_message(mail)) is None:
                continue
            elif not _settle(mail, server.take(mail.id, message), now=now):
                # It may be this one's fault alone: others do not wait as long, nor behind it.
                _release(mails[place + 1 :], now=now)
                return False
    return True


def _find_message(mail: Mail) -> EmailMessage | None:
    """Return a mail as it is sent, or None of one that cannot be made: it holds up no other."""
    try:
        return to_message(mail)
    except Exception as error:  # noqa: BLE001 - a template may raise anything, and its words may be the mail's
        log.error("mail_not_rendered", mail_id=mail.id, kind=type(error).__name__)
        return None


def _settle(mail: Mail, outcome: Outcome, *, now: datetime) -> bool:
    """Do what follows from what became of a mail; return whether others may be tried."""
    if outcome is Outcome.GONE:
        mark_undeliverable(mail.to, Reason.BOUNCED, now=now)
    if outcome in (Outcome.SETTLED, Outcome.GONE):
        _forget(mail)
    return outcome is not Outcome.AWAY


def _release(mails: Sequence[Mail], *, now: datetime) -> None:
    """Leave mails to whoever is next."""
    with writing_directory():
        Mail.objects.filter(id__in=[mail.id for mail in mails]).update(try_after=now)


def _forget(mail: Mail) -> None:
    with writing_directory():
        Mail.objects.filter(id=mail.id).delete()


def to_message(row: Mail) -> EmailMessage:
    """Return a mail as it is sent; each time under the same Message-ID, by which a repeat is known."""
    message_id = _to_message_id(row)
    if row.content is None:
        return SignedMail(row.subject, row.text, to=[row.to], headers={"Message-ID": message_id})
    # What a later release adds says nothing here.
    known = {field.name: row.content[field.name] for field in fields(NewMail) if field.name in row.content}
    mail = NewMail(to=row.to, subject=row.subject, **known)
    return assemble_mail(mail, row.text, message_id=message_id)


def _to_message_id(mail: Mail) -> str:
    """Return the name of a mail all over the world, of which nobody reads how many there were before."""
    name = salted_hmac("mail.message_id", f"{mail.id} {mail.created_at.isoformat()}", algorithm="sha256")
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{name.hexdigest()[:32]}@{domain}>"
