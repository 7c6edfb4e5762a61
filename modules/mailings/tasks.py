"""What mailings hears, and does by the clock."""

from modules.kernel import clock
from modules.kernel.bus import periodic, subscribes
from modules.mailings.events import DigestDue, IssuePartDue
from modules.mailings.services import audits  # noqa: F401 - they are registered here
from modules.mailings.services.digests import send_digest
from modules.mailings.services.due_digests import announce_due_digests as announce_due
from modules.mailings.services.rounds import go_on
from modules.mailings.services.subscriptions import hear_preferences
from modules.notifications.events import PreferencesEdited
from sharding.scope import Once


@subscribes(PreferencesEdited)
def hear_edited_preferences(event: PreferencesEdited, once: Once) -> None:
    """Take over how often a user wants digests; a repeat finds what is there by now, and is harmless."""
    hear_preferences(event.user_id, now=clock.now())


# In a queue of its own, and not that of the clock: what of the clock's waits for a minute behind thousands of
# mails is dropped, be it a post that is due.
@subscribes(DigestDue, queue="mailings", batch=20)
def mail_digest(event: DigestDue, once: Once) -> None:
    """Mail a digest; what it was due for is what it is mailed by once, also if it was announced twice."""
    send_digest(event, now=clock.now())


@subscribes(IssuePartDue, queue="mailings", batch=1)
def mail_issue(event: IssuePartDue, once: Once) -> None:
    """Mail an issue to the next readers of some shards; a repeat finds the place moved on, and ends."""
    go_on(event, now=clock.now())


@periodic
def announce_due_digests() -> None:
    """Announce digests whose time has come."""
    announce_due(now=clock.now())
