"""A mail server that takes mails by STARTTLS alone, and keeps what it took."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from tests.kit.tls import LOOPBACK, Authority


class Sink:
    """What the server took, in the order in which it said yes."""

    def __init__(self, authority: Path) -> None:
        self.authority = authority
        self.taken: list[EmailMessage] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"smtp+starttls://{LOOPBACK}:{self.port}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        assert session.ssl is not None
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def reach(self, settings: Any, monkeypatch: Any) -> None:
        """Have this process send its mails here."""
        monkeypatch.setenv("SSL_CERT_FILE", str(self.authority))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = LOOPBACK, self.port, True

    def receivers(self) -> list[str]:
        """Return to whom mails went, a repeat of the same mail once, as mail programs show it."""
        named = {mail["Message-ID"]: mail["To"] for mail in self.taken}
        return sorted(named.values())


@contextmanager
def sink(folder: Path) -> Iterator[Sink]:
    """Run the server; `authority` is what trusts it."""
    authority = Authority(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.issue(LOOPBACK))
    taking = Sink(authority.file)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="sink", daemon=True)
    thread.start()

    def serve() -> SMTP:
        return SMTP(taking, require_starttls=True, tls_context=context, loop=loop)

    listening = asyncio.run_coroutine_threadsafe(loop.create_server(serve, LOOPBACK, 0), loop).result()
    taking.port = listening.sockets[0].getsockname()[1]
    try:
        yield taking
    finally:
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
