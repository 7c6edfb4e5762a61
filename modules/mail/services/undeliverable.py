"""What came back: an address is marked, so that no more goes there that nobody has asked for."""

from collections.abc import Collection
from datetime import datetime

from modules.mail.events import MailBounced, MailComplained
from modules.mail.models import Reason, UndeliverableAddress
from modules.mail.selectors.undeliverable import list_digests, to_digest
from sharding import outbox
from sharding.scope import writing_directory


def note_returned(*, bounced: Collection[str] = (), complained: Collection[str] = (), now: datetime) -> None:
    """
    Mark addresses that refuse mail for good, or whose owners have called ours spam; announce each once.

    All that are marked already cost one query, so that a long list that broke off comes to its end when it
    comes again. Of both reasons the complaint stays.
    """
    reasons = dict.fromkeys(map(to_digest, bounced), Reason.BOUNCED)
    reasons |= dict.fromkeys(map(to_digest, complained), Reason.COMPLAINED)
    marked = UndeliverableAddress.objects.filter(digest__in=reasons).values_list("digest", "reason")
    known = dict(marked) if reasons else {}
    for digest, reason in reasons.items():
        if known.get(digest) not in (reason, Reason.COMPLAINED):
            _mark(digest, reason, now=now)


def mark_undeliverable(address: str, reason: Reason, *, now: datetime) -> None:
    """Mark one address and announce it, once; of both reasons the complaint stays."""
    _mark(to_digest(address), reason, now=now)


def _mark(digest: str, reason: Reason, *, now: datetime) -> None:
    with writing_directory():
        mark, is_new = UndeliverableAddress.objects.get_or_create(
            digest=digest, defaults={"reason": reason, "since": now}
        )
        if not is_new:
            # Unless somebody else was quicker.
            outdone = UndeliverableAddress.objects.filter(id=mark.id).exclude(reason=reason)
            if reason != Reason.COMPLAINED or not outdone.update(reason=reason, since=now):
                return
        says = MailComplained if reason == Reason.COMPLAINED else MailBounced
        outbox.record(says(mark_id=mark.id), owner_id=mark.id)


def lift_undeliverable(address: str) -> None:
    """Forget that an address was undeliverable: its owner has proven that mail arrives, and is wanted."""
    with writing_directory():
        UndeliverableAddress.objects.filter(digest__in=list_digests(address)).delete()
