"""What mail announces; all of it is recorded in the directory."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class MailQueued:
    """A mail waits to be sent."""

    name: ClassVar[str] = "mail.mail_queued.v1"

    mail_id: int
