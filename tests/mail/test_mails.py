"""A mail server that is away, or will not have an address: nothing is lost, and nothing is told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import structlog

from modules.accounts.events import MailQueued as OldMailQueued
from modules.kernel import clock
from modules.mail.models import Mail
from modules.mail.services.sending import TRIED_AGAIN_AFTER, send_waiting_mails
from sharding import outbox
from sharding.scope import writing_directory
from tests.kit.delivery import drain
from tests.kit.people import NOON, PASSWORD

pytestmark = pytest.mark.django_db

SIGN_UP = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}


class Smtp(socketserver.StreamRequestHandler):
    """Enough of RFC 5321 for one mail; `rcpt` is what it says of every address."""

    rcpt = "250 ok"
    taken: list[str] = []

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode():
            verb = line[:4].upper()
            if verb == "DATA":
                self.say("354 go on")
                self.taken.append(self.read_mail())
            self.say(self.rcpt if verb == "RCPT" else "221 bye" if verb == "QUIT" else "250 ok")

    def read_mail(self) -> str:
        lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
        return "".join(lines)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def smtp(settings) -> Iterator[type[Smtp]]:
    Smtp.taken, Smtp.rcpt = [], "250 ok"
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        yield Smtp
        server.shutdown()


class TestServer:
    def test_that_takes_it_ends_it(self, http, smtp):
        http("POST", "/auth/app/v1/auth/signup", SIGN_UP)

        drain()

        assert (len(smtp.taken), Mail.objects.count()) == (1, 0)
        assert "To: ada@example.org" in smtp.taken[0]

    def test_that_is_away_for_hours_gets_it_when_it_is_back(self, http, smtp, settings):
        port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
        http("POST", "/auth/app/v1/auth/signup", SIGN_UP)
        drain()
        for minutes in range(0, 300, 3):
            send_waiting_mails(now=clock.now() + timedelta(minutes=minutes))
        assert Mail.objects.count() == 1

        settings.EMAIL_PORT = port
        send_waiting_mails(now=clock.now() + timedelta(minutes=303))

        assert (len(smtp.taken), Mail.objects.count()) == (1, 0)

    def test_is_asked_by_one_worker_at_a_time(self, http, smtp):
        smtp.rcpt = "450 later"
        http("POST", "/auth/app/v1/auth/signup", SIGN_UP)
        drain()
        smtp.rcpt = "250 ok"

        send_waiting_mails(now=clock.now())
        at_once = len(smtp.taken)
        send_waiting_mails(now=clock.now() + TRIED_AGAIN_AFTER)

        assert (at_once, len(smtp.taken)) == (0, 1)

    def test_that_will_not_have_an_address_ends_it_and_no_log_names_it(self, http, smtp):
        smtp.rcpt = "550 ada@example.org is nobody here"
        http("POST", "/auth/app/v1/auth/signup", SIGN_UP)

        with structlog.testing.capture_logs() as lines:
            drain()

        assert [(line["event"], line["codes"]) for line in lines] == [("mail_refused", [550])]
        assert "ada@example.org" not in str(lines)
        assert Mail.objects.count() == 0


class TestAnnouncedBefore:
    """Mail was a part of accounts; what that has announced, and nobody heard yet, is heard still."""

    def test_is_sent_at_once(self, db, mailoutbox):
        mail = Mail.objects.create(
            to="ada@example.org", subject="Old", text="Text", created_at=NOON, try_after=NOON
        )
        with writing_directory():
            outbox.record(OldMailQueued(mail_id=mail.id), owner_id=mail.id)

        drain(times=2)

        assert [sent.subject for sent in mailoutbox] == ["Old"]
        assert Mail.objects.count() == 0

    def test_stands_in_the_table_that_it_stood_in(self):
        assert Mail._meta.db_table == "accounts_mail"
