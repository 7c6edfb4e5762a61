"""What other contexts may have mailed, and nothing else."""

from modules.mail.services.mails import queue_asked_mail, queue_mail, send_mail

__all__ = ["queue_asked_mail", "queue_mail", "send_mail"]
