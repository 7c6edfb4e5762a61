"""What other contexts may have mailed, and ask of addresses."""

from modules.mail.selectors.undeliverable import find_undeliverable
from modules.mail.services.mails import forget_mails_to, queue_asked_mail, queue_bulk_mails, queue_mail
from modules.mail.services.rendering import render_mail
from modules.mail.services.sending import send_mail
from modules.mail.services.undeliverable import lift_undeliverable

__all__ = [
    "find_undeliverable",
    "forget_mails_to",
    "lift_undeliverable",
    "queue_asked_mail",
    "queue_bulk_mails",
    "queue_mail",
    "render_mail",
    "send_mail",
]
