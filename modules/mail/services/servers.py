"""The server or provider that takes mails, for as long as one batch lasts; no log names an address."""

import enum
import re
import smtplib
import time
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection

log = structlog.get_logger(__name__)

# The server says good-bye with it, whatever it was asked.
_CLOSING = 421
# RFC 3463: no such mailbox, no such system, no such address, moved, a domain without mail. Any other refusal
# (a quota, a policy, a sender that is not trusted yet) may pass.
_NO_ADDRESS = re.compile(rb"5\.1\.(1|2|3|6|10)\b")


# Whoever has kept a worker waiting for so long and taken nothing is left to the clock for a while: else each
# mail would hold a worker, and what others wait for behind it. Each process finds out for itself; in seconds.
SLOW_S: Final = 1.0
LEFT_ALONE_S: Final = 60.0
_left_alone_until = float("-inf")


class Outcome(enum.Enum):
    """What became of a mail."""

    SETTLED = "settled"
    # Settled, and the address takes no other either.
    GONE = "gone"
    LATER = "later"
    # Neither this nor any other was taken.
    AWAY = "away"


def is_left_alone() -> bool:
    """Return whether who takes mails was lately waited for in vain."""
    return time.monotonic() < _left_alone_until


class MailServer:
    """One connection to who takes mails; opened with the first, so that nothing is said for none."""

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
        """Send a mail; say what became of it."""
        began = time.monotonic()
        outcome = self._take(mail_id, message)
        if outcome is not Outcome.AWAY:
            _leave_alone(float("-inf"))
        elif (ended := time.monotonic()) - began > SLOW_S:
            _leave_alone(ended + LEFT_ALONE_S)
        return outcome

    def _take(self, mail_id: int, message: EmailMessage) -> Outcome:
        message.connection = self._connection
        try:
            self._open()
            message.send()
        except smtplib.SMTPRecipientsRefused as refusal:
            [(code, said)] = refusal.recipients.values()
            log.warning("mail_refused", mail_id=mail_id, codes=[code])
            return _of_refusal(code, said)
        except _errors() as trouble:
            log.warning("mail_not_sent", mail_id=mail_id, kind=type(trouble).__name__)
            return _of_provider(trouble) if settings.MAIL.provider else _of_server(trouble)
        return Outcome.SETTLED

    def _open(self) -> None:
        if not self._is_open:
            self._connection.open()
            self._is_open = True


def _leave_alone(until: float) -> None:
    global _left_alone_until
    _left_alone_until = until


def _errors() -> tuple[type[Exception], ...]:
    """Return what may go wrong out there; smtplib's errors are of the first kind."""
    if not settings.MAIL.provider:
        return (OSError,)
    from anymail.exceptions import AnymailError

    return (OSError, AnymailError)


def _of_refusal(code: int, said: bytes) -> Outcome:
    """Return what an answer to an address means (RFC 5321, 4.2.1)."""
    if code < 500:
        return Outcome.LATER
    return Outcome.GONE if _NO_ADDRESS.match(said) else Outcome.SETTLED


def _of_server(trouble: Exception) -> Outcome:
    """Return whether the server still takes others: it refused this one's sender or text, not us."""
    if isinstance(trouble, smtplib.SMTPDataError | smtplib.SMTPSenderRefused):
        return Outcome.AWAY if trouble.smtp_code == _CLOSING else Outcome.LATER
    return Outcome.AWAY


def _of_provider(trouble: Exception) -> Outcome:
    """Return what a provider's answer means, by its status: of one mail, or of all that we send."""
    from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused

    if isinstance(trouble, AnymailRecipientsRefused):
        return Outcome.SETTLED
    if not isinstance(trouble, AnymailAPIError):
        return Outcome.AWAY if isinstance(trouble, OSError) else Outcome.LATER
    status = getattr(trouble, "status_code", None)
    is_of_one = status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
    return Outcome.LATER if is_of_one else Outcome.AWAY
