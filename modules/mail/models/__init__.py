"""Tables of mail."""

from modules.mail.models.mails import Mail, MailKind
from modules.mail.models.undeliverable import Reason, UndeliverableAddress

__all__ = ["Mail", "MailKind", "Reason", "UndeliverableAddress"]
