"""A mail server that takes what it is sent, over TLS if it has a certificate, and keeps it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.embedded.ports import free_port
from tests.kit.tls import LOOPBACK


class Sink:
    """What a server took, in order; `answers` says what it tells of an address, in place of `250`."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.connections: list[Any] = []
        self.answers: dict[str, str] = {}

    @property
    def mails(self) -> list[EmailMessage]:
        """All that was taken, parsed."""
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]

    def receivers(self) -> list[str]:
        """Return to whom mails went, a repeat of the same mail once, as mail programs show it."""
        named = {mail["Message-ID"]: str(mail["To"]) for mail in self.mails}
        return sorted(named.values())

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.connections.append(session.peer)
        return self.answers.get("DATA", "250 OK")


@contextmanager
def listening(settings: Any, *, certificate: Path | None = None) -> Iterator[Sink]:
    """Have Django's mails taken by a sink; with a certificate, only after STARTTLS."""
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    sink = Sink()
    controller = Controller(
        sink, hostname=LOOPBACK, port=free_port(), tls_context=context, require_starttls=context is not None
    )
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_USE_TLS = LOOPBACK, context is not None
        settings.EMAIL_PORT = controller.port
        yield sink
    finally:
        controller.stop()
