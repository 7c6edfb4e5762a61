"""Tables of mail."""

from modules.mail.models.mails import Mail

__all__ = ["Mail"]
