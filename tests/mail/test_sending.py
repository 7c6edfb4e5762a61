"""Mails as a server gets them: many over one connection, each under its own name; none it should not get."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import structlog
from django.db import connections
from django.test.utils import CaptureQueriesContext

from modules.kernel import clock
from modules.mail.models import Mail, UndeliverableAddress
from modules.mail.public import (
    find_undeliverable,
    lift_undeliverable,
    queue_asked_mail,
    queue_bulk_mails,
    queue_mail,
)
from modules.mail.schemas import NewMail
from modules.mail.services import sending, servers
from modules.mail.services.sending import (
    BATCH,
    TRIED_AGAIN_AFTER,
    forget_old_mails,
    send_mail,
    send_waiting_mails,
)
from modules.mail.services.sending import _list_due as list_due
from modules.mail.services.undeliverable import note_returned
from tests.kit.delivery import announced, drain
from tests.kit.smtp import listening
from tests.kit.tls import LOOPBACK, Authority

pytestmark = pytest.mark.django_db

FACTS = {"heading": "Grüße", "paragraphs": ["Ada & Grace <3"]}


def mail(to: str = "ada@example.org", subject: str = "Grüße") -> NewMail:
    return NewMail(to=to, subject=subject, facts=FACTS)


def ask(new: NewMail) -> None:
    assert queue_asked_mail(new, is_of_receiver=lambda: True, now=clock.now())


def later(times: int = 1):
    return clock.now() + times * TRIED_AGAIN_AFTER


def read_by(sql: str) -> int:
    """Return how many rows a statement looks at."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        [(plan,)] = cursor.fetchall()
    [root] = plan if isinstance(plan, list) else json.loads(plan)
    node = root["Plan"]
    while "Plans" in node:
        [node] = node["Plans"]
    return int(node["Actual Rows"] + node.get("Rows Removed by Filter", 0))


class TestMessage:
    def test_arrives_as_text_and_html_in_utf8(self, db, sink, settings):
        ask(mail())

        drain()

        [taken] = sink.mails
        text, html = taken.iter_parts()
        assert (taken["To"], taken["Subject"]) == ("ada@example.org", "Grüße")
        assert taken.get_content_type() == "multipart/alternative"
        kinds = [(part.get_content_type(), part.get_content_charset()) for part in (text, html)]
        assert kinds == [("text/plain", "utf-8"), ("text/html", "utf-8")]
        lines = text.get_content().splitlines()
        assert lines == ["Grüße", "", "Ada & Grace <3", "", "-- ", "Banyan", settings.FRONTEND_URL]
        assert "<h1>Grüße</h1>" in html.get_content()
        assert "Ada &amp; Grace &lt;3" in html.get_content()
        assert taken["Auto-Submitted"] == "auto-generated"

    def test_has_the_same_name_when_it_comes_again_and_no_other_mail_has_it(self, db, sink):
        sink.answers["DATA"] = "451 taken, and the answer is lost"
        ask(mail())
        ask(mail("vera@example.org"))
        drain()
        sink.answers.clear()

        send_waiting_mails(now=later())

        names = [(taken["To"], taken["Message-ID"]) for taken in sink.mails]
        assert len(names) == 4
        assert len(set(names)) == len({name for _, name in names}) == 2
        assert all(name.endswith("@localhost>") for _, name in names)
        assert Mail.objects.count() == 0

    def test_that_an_earlier_release_wrote_is_sent_as_it_stands(self, db, sink):
        row = Mail.objects.create(
            to="ada@example.org", subject="Old", text="Text", created_at=clock.now(), try_after=clock.now()
        )

        send_mail(row.id, now=clock.now())

        assert [taken.get_content() for taken in sink.mails] == ["Text\r\n"]


class TestMany:
    def queue(self, many: int) -> list[str]:
        to = [f"reader{number}@example.org" for number in range(many)]
        queue_bulk_mails([mail(address) for address in to], now=clock.now())
        return to

    def test_go_over_one_connection_for_each_batch(self, db, sink):
        to = self.queue(BATCH + 5)

        send_waiting_mails(now=clock.now())

        assert [taken["To"] for taken in sink.mails] == to
        assert (len(set(sink.connections)), Mail.objects.count()) == (2, 0)

    def test_wait_for_the_clock_and_for_what_somebody_asked_for(self, db, sink):
        to = self.queue(2)
        sink.answers["vera@example.org"] = "450 later"
        ask(mail("vera@example.org"))
        drain()
        assert sink.mails == []
        sink.answers.clear()

        send_waiting_mails(now=later())

        assert [taken["To"] for taken in sink.mails] == ["vera@example.org", *to]

    def test_are_not_held_up_by_one_that_is_refused(self, db, sink):
        to = self.queue(3)
        sink.answers[to[0]], sink.answers[to[1]] = "550 5.7.1 not from you", "452 4.2.2 mailbox full"

        send_waiting_mails(now=clock.now())

        assert [taken["To"] for taken in sink.mails] == to[2:]
        assert list(Mail.objects.values_list("to", flat=True)) == to[1:2]
        assert UndeliverableAddress.objects.count() == 0

    def test_are_not_held_up_by_one_that_cannot_be_made(self, db, sink):
        to = self.queue(3)
        odd = Mail.objects.get(to=to[0])
        content = {**(odd.content or {}), "template": "mailings/nowhere"}
        Mail.objects.filter(id=odd.id).update(content=content)

        with structlog.testing.capture_logs() as lines:
            send_waiting_mails(now=clock.now())

        assert [taken["To"] for taken in sink.mails] == to[1:]
        assert [(line["event"], line["kind"]) for line in lines] == [
            ("mail_not_rendered", "TemplateDoesNotExist")
        ]
        assert list(Mail.objects.values_list("to", flat=True)) == to[:1]

    def test_that_a_later_release_wrote_are_sent(self, db, sink):
        self.queue(1)
        row = Mail.objects.get()
        Mail.objects.filter(id=row.id).update(content={**(row.content or {}), "is_urgent": True})

        send_waiting_mails(now=clock.now())

        assert len(sink.mails) == 1

    def test_are_found_by_reading_no_others_however_many_wait(self, db):
        now = clock.now()
        rows = [{"kind": "bulk"}] * 2000 + [{"kind": "notice"}]
        Mail.objects.bulk_create(
            Mail(to="ada@example.org", subject="", text="", created_at=now, try_after=now, **row)
            for row in rows
        )
        with connections["default"].cursor() as cursor:
            cursor.execute("ANALYZE accounts_mail")

        with CaptureQueriesContext(connections["default"]) as asked:
            due = list_due(now)

        assert len(due) == BATCH
        assert due[0] == Mail.objects.get(kind="notice").id
        assert due[1:] == sorted(due[1:])
        assert [read_by(query["sql"]) for query in asked.captured_queries] == [1, BATCH - 1]

    def test_are_sent_once_by_workers_at_the_same_moment(self, db, sink):
        to = self.queue(BATCH + 10)

        def work(now: datetime) -> None:
            try:
                send_waiting_mails(now=now)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(work, [clock.now()] * 3))

        assert sorted(taken["To"] for taken in sink.mails) == sorted(to)
        assert Mail.objects.count() == 0

    def test_wait_when_nobody_is_there_and_only_the_first_is_tried(self, db, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_PORT = 1
        self.queue(3)

        with structlog.testing.capture_logs() as lines:
            send_waiting_mails(now=clock.now())

        assert [line["event"] for line in lines] == ["mail_not_sent"]
        assert Mail.objects.count() == 3


def test_what_is_worthless_goes_in_parts_that_no_statement_lacks_time_for(db, monkeypatch):
    monkeypatch.setattr(sending, "OLD_BATCH", 2)
    queue_bulk_mails([mail(f"{n}@example.org") for n in range(5)], now=clock.now() - timedelta(days=2))
    ask(mail("vera@example.org"))

    with CaptureQueriesContext(connections["default"]) as asked:
        assert forget_old_mails(now=clock.now()) == 5

    assert [each.to for each in Mail.objects.all()] == ["vera@example.org"]
    assert len([query for query in asked.captured_queries if query["sql"].startswith("DELETE")]) == 3


def test_a_server_that_is_frozen_keeps_a_worker_waiting_once_and_the_clock_tries_again(
    db, settings, monkeypatch
):
    monkeypatch.setattr(servers, "_left_alone_until", float("-inf"))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 1.2
    to = [f"{n}@example.org" for n in range(3)]
    for address in to:
        ask(mail(address))

    with socket.create_server((LOOPBACK, 0)) as frozen, structlog.testing.capture_logs() as lines:
        settings.EMAIL_HOST, settings.EMAIL_PORT = frozen.getsockname()
        drain()

    assert [line["event"] for line in lines if line["event"].startswith("mail")] == ["mail_not_sent"]
    with listening(settings) as sink:
        send_waiting_mails(now=later())
        ask(mail("vera@example.org"))
        drain()
    assert [taken["To"] for taken in sink.mails] == [*to[1:], to[0], "vera@example.org"]


class TestUndeliverable:
    @pytest.fixture(params=["bounced", "complained"])
    def gone(self, request, db) -> str:
        note_returned(**{request.param: ["Ada@example.org"]}, now=clock.now())
        return "ada@example.org"

    def test_gets_what_was_asked_for_and_neither_notices_nor_one_of_many(self, gone, sink):
        ask(mail(gone, "code"))
        queue_mail(mail(gone, "notice"), now=clock.now())
        assert queue_asked_mail(
            mail(gone, "unproven"), is_of_receiver=lambda: True, now=clock.now(), is_notice=True
        )
        queue_bulk_mails([mail(gone, "digest"), mail("vera@example.org", "digest")], now=clock.now())

        drain()
        send_waiting_mails(now=clock.now())

        told = sorted((taken["To"], taken["Subject"]) for taken in sink.mails)
        assert told == [(gone, "code"), ("vera@example.org", "digest")]
        assert Mail.objects.count() == 0

    def test_is_found_among_others_by_any_spelling(self, gone):
        assert find_undeliverable([gone, "ADA@example.org", "b@example.org"]) == {gone, "ADA@example.org"}

    def test_stays_marked_when_keys_change_until_it_is_proven_again(self, gone, settings):
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a" * 50

        assert find_undeliverable([gone, "ADA@example.org"]) == {gone, "ADA@example.org"}
        lift_undeliverable(gone)
        assert find_undeliverable([gone]) == set()

    def test_is_what_a_server_says_has_no_mailbox(self, db, sink):
        sink.answers["ada@example.org"] = "550 5.1.1 ada@example.org is nobody here"
        ask(mail())

        with structlog.testing.capture_logs() as lines:
            drain(times=2)

        assert find_undeliverable(["ada@example.org"]) == {"ada@example.org"}
        assert "ada@" not in str(lines)
        assert Mail.objects.count() == 0

    def test_is_announced_once_for_each_reason_by_no_address(self, db):
        for reason in ("bounced", "bounced", "complained", "bounced", "complained"):
            note_returned(**{reason: ["ada@example.org"]}, now=clock.now())

        [mark] = UndeliverableAddress.objects.all()
        assert (mark.reason, "ada" in mark.digest) == ("complained", False)
        assert announced("mail.mail_bounced.v1") == [{"mark_id": mark.id}]
        assert announced("mail.mail_complained.v1") == [{"mark_id": mark.id}]


class TestStartTls:
    @pytest.fixture
    def authority(self, tmp_path) -> Authority:
        return Authority(tmp_path)

    def test_carries_mails_to_a_server_that_is_trusted(self, db, settings, authority, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        with listening(settings, certificate=authority.issue("127.0.0.1")) as sink:
            ask(mail())
            drain()

        assert [taken["To"] for taken in sink.mails] == ["ada@example.org"]

    def test_gives_nothing_to_a_server_that_is_not(self, db, settings, authority):
        with listening(settings, certificate=authority.issue("127.0.0.1")) as sink:
            ask(mail())
            drain()

        assert (sink.mails, Mail.objects.count()) == ([], 1)

    def test_is_not_left_out_where_it_is_asked_for(self, settings, db):
        with listening(settings) as sink:
            settings.EMAIL_USE_TLS = True
            ask(mail())
            drain()

        assert (sink.mails, Mail.objects.count()) == ([], 1)


def test_what_is_sent_was_taken_by_one_worker_alone(db, sink):
    queue_bulk_mails([mail()], now=clock.now())
    row = Mail.objects.get()
    Mail.objects.filter(id=row.id).update(try_after=clock.now() + timedelta(minutes=1))

    send_mail(row.id, now=clock.now())
    send_waiting_mails(now=clock.now())

    assert sink.mails == []
