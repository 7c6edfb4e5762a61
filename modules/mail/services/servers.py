"""The server that takes mails, for as long as one batch lasts; no log and no error names an address."""

import enum
import smtplib
from types import TracebackType
from typing import Self

import structlog
from django.core.mail import EmailMessage, get_connection

log = structlog.get_logger(__name__)

# The server says good-bye with it, whatever it was asked.
_CLOSING = 421


class Outcome(enum.Enum):
    """What became of a mail."""

    SETTLED = "settled"
    LATER = "later"
    AWAY = "away"


class MailServer:
    """One connection to the mail server; opened with the first mail, so that nothing is said for none."""

    def __init__(self) -> None:
        """Talk to nobody yet."""
        self._connection = get_connection()
        self._is_open = False

    def __enter__(self) -> Self:
        """Enter the batch."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say good-bye; whether it is heard changes nothing."""
        try:
            self._connection.close()
        except OSError as trouble:
            log.info("mail_server_left", kind=type(trouble).__name__)

    def take(self, mail_id: int, message: EmailMessage) -> Outcome:
        """Send a mail; say whether that ends it, it comes again, or nobody takes others either."""
        message.connection = self._connection
        try:
            self._open()
            message.send()
        except smtplib.SMTPRecipientsRefused as refusal:
            codes = [code for code, _ in refusal.recipients.values()]
            log.warning("mail_refused", mail_id=mail_id, codes=codes)
            return Outcome.SETTLED if all(code >= 500 for code in codes) else Outcome.LATER
        except OSError as trouble:  # smtplib's errors are of this kind
            log.warning("mail_not_sent", mail_id=mail_id, kind=type(trouble).__name__)
            return Outcome.LATER if _is_of_one_mail(trouble) else Outcome.AWAY
        return Outcome.SETTLED

    def _open(self) -> None:
        if not self._is_open:
            self._connection.open()
            self._is_open = True


def _is_of_one_mail(trouble: OSError) -> bool:
    """Return whether the server still takes others: it refused this one's sender or text, not us."""
    return (
        isinstance(trouble, smtplib.SMTPDataError | smtplib.SMTPSenderRefused)
        and trouble.smtp_code != _CLOSING
    )
