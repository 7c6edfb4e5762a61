"""What mail announces; all of it is recorded in the directory."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class MailQueued:
    """A mail waits to be sent."""

    name: ClassVar[str] = "mail.mail_queued.v1"

    mail_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBounced:
    """A server refuses an address for good; it gets no more that nobody has asked for."""

    name: ClassVar[str] = "mail.mail_bounced.v1"

    mark_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailComplained:
    """Somebody has called our mail spam; their address gets no more that nobody has asked for."""

    name: ClassVar[str] = "mail.mail_complained.v1"

    mark_id: int
