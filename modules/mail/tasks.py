"""What mail does after its own news, and by the clock."""

from modules.kernel import clock
from modules.kernel.bus import periodic, subscribes
from modules.mail.events import MailQueued
from modules.mail.services.sending import forget_old_mails as forget_mails
from modules.mail.services.sending import send_mail
from modules.mail.services.sending import send_waiting_mails as send_waiting
from sharding.scope import Once


# So few that a slow server does not keep a task for too long.
@subscribes(MailQueued, batch=20)
def send_queued_mail(event: MailQueued, once: Once) -> None:
    """Send a mail at once; what that does not settle is tried again by the clock."""
    send_mail(event.mail_id, now=clock.now())


@periodic
def send_waiting_mails() -> None:
    """Send what no mail server took so far."""
    send_waiting(now=clock.now())


@periodic
def forget_old_mails() -> None:
    """Delete mails that no mail server took in a day."""
    forget_mails(now=clock.now())
