"""Notifications of services: accepted as a whole, and brought to their recipients a part at a time."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from modules.accounts import public as accounts
from modules.notifications.events import SendingDue
from modules.notifications.models import Sending
from modules.notifications.schemas import CUSTOM, NewSending, SendingCard
from modules.notifications.services.facts import Fact, Key
from modules.notifications.services.receiving import receive
from sharding import outbox
from sharding.scope import Once, writing_directory

# As long as any part may wait for an instance that is away, and more.
_KEPT: Final = timedelta(days=7)


def send(app_id: str, new: NewSending, *, now: datetime, once: Once | None) -> SendingCard:
    """
    Accept an app's notification for many, each once, and announce its parts.

    :raises AlreadyDone: with the first answer, if `once` was used before
    """
    recipient_ids = list(dict.fromkeys(new.recipient_ids))
    with writing_directory(once=once) as write:
        sending = Sending.objects.create(
            app_id=app_id, name=new.name, data=new.data, recipient_ids=recipient_ids, sent_at=now
        )
        part = settings.NOTIFICATIONS.sending_part
        for first in range(0, len(recipient_ids), part):
            due = SendingDue(sending_id=sending.id, first=first, count=part)
            outbox.record(due, owner_id=recipient_ids[first])
        card = SendingCard(id=sending.id, recipients=len(recipient_ids))
        write.answer(202, card.json_bytes())
    return card


def deliver_part(sending_id: int, *, first: int, count: int, now: datetime) -> None:
    """Notify a part of a sending's recipients, of those whose accounts are open; a repeat changes nothing."""
    sending = Sending.objects.filter(id=sending_id).first()
    if sending is None:
        return
    people = accounts.map_identities(sending.recipient_ids[first : first + count])
    receive(
        (
            Fact(
                user_id,
                Key(CUSTOM, sending.id, 0),
                edge_id=1,
                is_active=True,
                name=sending.name,
                data=sending.data,
            )
            for user_id, person in people.items()
            if person.is_active
        ),
        now=now,
    )


def forget_old_sendings(*, now: datetime) -> None:
    """Delete what everybody has had for long."""
    with writing_directory():
        Sending.objects.filter(sent_at__lt=now - _KEPT).delete()
