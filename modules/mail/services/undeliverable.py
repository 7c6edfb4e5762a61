"""What came back: an address is marked, so that no more goes there that nobody has asked for."""

from datetime import datetime

from modules.mail.events import MailBounced, MailComplained
from modules.mail.models import Reason, UndeliverableAddress
from modules.mail.selectors.undeliverable import to_digest
from sharding import outbox
from sharding.scope import writing_directory


def note_bounce(address: str, *, now: datetime) -> None:
    """Mark an address that refuses mail for good."""
    _mark(address, Reason.BOUNCED, now=now)


def note_complaint(address: str, *, now: datetime) -> None:
    """Mark an address whose owner has called mail of ours spam."""
    _mark(address, Reason.COMPLAINED, now=now)


def _mark(address: str, reason: Reason, *, now: datetime) -> None:
    """Mark an address and announce it, once; of both reasons the complaint stays."""
    with writing_directory():
        mark, is_new = UndeliverableAddress.objects.get_or_create(
            digest=to_digest(address), defaults={"reason": reason, "since": now}
        )
        if not is_new:
            if mark.reason == reason or reason != Reason.COMPLAINED:
                return
            UndeliverableAddress.objects.filter(id=mark.id).update(reason=reason, since=now)
        says = MailComplained if reason == Reason.COMPLAINED else MailBounced
        outbox.record(says(mark_id=mark.id), owner_id=mark.id)


def lift_undeliverable(address: str) -> None:
    """Forget that an address was undeliverable: its owner has proven that mail arrives, and is wanted."""
    with writing_directory():
        UndeliverableAddress.objects.filter(digest=to_digest(address)).delete()
