"""A provider in place of a mail server: it takes mails by its API, and tells what came back."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import structlog
from django.test import Client

from modules.kernel import clock
from modules.mail.models import Mail, UndeliverableAddress
from modules.mail.public import find_undeliverable, queue_bulk_mails
from modules.mail.schemas import NewMail
from modules.mail.services.sending import send_waiting_mails
from sharding.testing import count_queries
from tests.kit.stub import Stub, answering

pytestmark = pytest.mark.django_db

SECRET = "postmark:a long password of ours"
HOOK = "/hooks/mail"
ADA = "ada@example.org"


def use(settings: Any, provider: str = "postmark", **anymail: Any) -> None:
    settings.MAIL = replace(settings.MAIL, provider=provider, hears_provider=True)
    settings.ANYMAIL = {**settings.ANYMAIL, "WEBHOOK_SECRET": SECRET, **anymail}


def basic(secret: str = SECRET) -> str:
    return "Basic " + base64.b64encode(secret.encode()).decode()


def tell(body: Any, *, authorization: str = "", **kind: str) -> tuple[int, Any]:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = Client().post(
        HOOK,
        sent,
        content_type=kind.get("content_type", "application/json"),
        headers={"authorization": authorization or basic()},
    )
    return told.status_code, told.json()["code"] if told.content else None


def bounce(kind: str = "HardBounce", details: str = "smtp;550 5.1.1 nobody", email: Any = ADA) -> Any:
    return {"RecordType": "Bounce", "Type": kind, "Email": email, "Details": details, "ID": 7}


class TestApi:
    @pytest.fixture
    def postmark(self, settings, db) -> Iterator[Stub]:
        with answering() as stub:
            use(settings, POSTMARK_SERVER_TOKEN="t", POSTMARK_API_URL=f"{stub.url}/")
            settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
            yield stub

    def queue(self, *to: str) -> None:
        url = "https://app.example.org/unsubscribe/x"
        queue_bulk_mails(
            [NewMail(to=each, subject="News", facts={"heading": "Hi"}, unsubscribe_url=url) for each in to],
            now=clock.now(),
        )

    def test_gets_both_parts_and_headers_and_follows_nobody(self, postmark):
        postmark.answers.append((200, {}, {"ErrorCode": 0, "Message": "OK", "MessageID": "m", "To": ADA}))
        self.queue(ADA)

        send_waiting_mails(now=clock.now())

        [asked] = postmark.asked
        sent = json.loads(asked.body)
        assert (sent["To"], sent["Subject"], "Hi" in sent["TextBody"]) == (ADA, "News", True)
        assert "<h1>Hi</h1>" in sent["HtmlBody"]
        assert (sent["TrackOpens"], sent["TrackLinks"]) == (False, "None")
        headers = {header["Name"]: header["Value"] for header in sent["Headers"]}
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert Mail.objects.count() == 0

    @pytest.mark.parametrize(
        ("status", "code", "tried", "left"),
        [
            # It will never take this address: the mail is settled, the other is sent.
            (422, 406, 2, 0),
            # Something about this mail: it is tried again, the other is sent.
            (422, 300, 2, 1),
            # Something about us, or about it: nothing else is tried now.
            (401, 10, 1, 2),
            (500, 0, 1, 2),
        ],
    )
    def test_that_takes_it_not(self, postmark, status, code, tried, left):
        refused = {"ErrorCode": code, "Message": f"{ADA} no", "To": ADA}
        postmark.answers += [
            (status, {}, refused),
            (200, {}, {"ErrorCode": 0, "Message": "OK", "MessageID": "m", "To": "b@example.org"}),
        ]
        self.queue(ADA, "b@example.org")

        with structlog.testing.capture_logs() as lines:
            send_waiting_mails(now=clock.now())

        assert (len(postmark.asked), Mail.objects.count()) == (tried, left)
        assert ADA not in str(lines)

    def test_that_always_fails_at_some_keeps_no_others_from_theirs(self, postmark):
        failed: tuple[int, dict[str, str], Any] = (500, {}, {"ErrorCode": 0, "Message": "no"})
        told = {"ErrorCode": 0, "Message": "OK", "MessageID": "m", "To": "c@example.org"}
        taken: tuple[int, dict[str, str], Any] = (200, {}, told)
        postmark.answers += [failed, failed, taken, failed]
        self.queue(ADA, "b@example.org", "c@example.org")
        now = clock.now()

        for minute in range(3):
            send_waiting_mails(now=now + timedelta(minutes=minute))

        asked = [json.loads(each.body)["To"] for each in postmark.asked]
        assert asked == [ADA, "b@example.org", "c@example.org", ADA]
        assert Mail.objects.count() == 2


class TestNews:
    @pytest.fixture(autouse=True)
    def _postmark(self, settings, db):
        use(settings)

    def test_of_a_bounce_marks_the_address_however_often_it_comes(self):
        assert [tell(bounce()) for _ in range(2)] == [(200, None)] * 2
        assert find_undeliverable([ADA]) == {ADA}
        assert UndeliverableAddress.objects.get().reason == "bounced"

    def test_of_a_complaint_marks_it_too(self):
        told = {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "Email": "Ada@Example.org"}

        assert tell(told) == (200, None)
        assert UndeliverableAddress.objects.get().reason == "complained"
        assert find_undeliverable([ADA]) == {ADA}

    @pytest.mark.parametrize(
        "told",
        [
            bounce("SoftBounce"),
            bounce("Transient"),
            bounce("HardBounce", "smtp;452 4.2.2 mailbox full"),
            bounce("Blocked"),
            bounce("HardBounce", "smtp;550 5.7.1 policy of 9.9.9.9"),
            bounce("HardBounce", "smtp;552 5.2.2 mailbox full"),
            {"RecordType": "Open", "Recipient": ADA},
            {"RecordType": "Delivery", "Recipient": ADA},
            bounce(email=None),
            bounce(email=["x"]),
            # JSON can hold half of a character, which nothing can be made of.
            bounce(email="ada\ud800@example.org"),
            bounce(email="ada\0@example.org"),
            {},
        ],
    )
    def test_of_what_passes_or_is_nobodys_marks_nothing(self, told):
        assert tell(told)[0] in (200, 400)
        assert UndeliverableAddress.objects.count() == 0

    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"[]", b"null", b"\xff", b'"x"', b'{"RecordType": []}', b'{"FromFull": 1}', b"[" * 5000],
    )
    def test_that_nobody_can_read_is_refused_and_no_fault_of_ours(self, body):
        status, code = tell(body)

        assert (status, code) in [(400, "body_invalid"), (200, None)]
        assert UndeliverableAddress.objects.count() == 0

    def test_that_is_too_long_is_refused_before_it_is_read(self):
        assert tell(b" " * 300_000) == (413, "body_too_large")

    @pytest.mark.parametrize("wrong", ["postmark:", "x:y", ":", SECRET + "x", "ключ:ключ"])
    def test_of_who_lacks_the_secret_is_refused(self, wrong):
        assert tell(bounce(), authorization=basic(wrong)) == (401, "unauthorized")
        assert UndeliverableAddress.objects.count() == 0

    @pytest.mark.parametrize("header", ["Basic", "Basic !!", "Bearer x", "Basic é", "x" * 5000])
    def test_with_a_header_that_is_none_is_refused(self, header):
        status, _ = tell(bounce(), authorization=header)

        assert status in (400, 401)
        assert UndeliverableAddress.objects.count() == 0

    def test_is_not_guessed_for_long(self, settings):
        settings.LIMITS = replace(settings.LIMITS, is_on=True)

        statuses = [tell(bounce(), authorization=basic("x:y"))[0] for _ in range(62)]

        assert statuses == [401] * 60 + [429] * 2

    def test_is_heard_by_post_alone(self):
        assert Client().head(HOOK).status_code == 200
        assert (Client().get(HOOK).status_code, Client().put(HOOK).status_code) == (405, 405)

    def test_of_another_provider_is_heard_by_no_one(self, settings):
        settings.MAIL = replace(settings.MAIL, hears_provider=False)

        assert tell(bounce()) == (404, "not_found")

    @pytest.mark.parametrize("provider", ["scaleway", "mandrill"])
    def test_of_a_provider_that_tells_none_here_is_heard_by_no_one(self, settings, provider):
        use(settings, provider)

        assert tell(bounce()) == (404, "not_found")

    def test_of_what_is_known_costs_one_query_for_all(self, settings):
        use(settings, "mailjet")
        told = {"event": "bounce", "hard_bounce": True, "error": "user unknown"}
        many = [told | {"email": f"reader{number}@example.org"} for number in range(50)]
        assert tell(many) == (200, None)

        with count_queries() as queries:
            assert tell(many) == (200, None)

        assert (len(queries.statements), UndeliverableAddress.objects.count()) == (1, 50)

    @pytest.mark.parametrize(
        ("provider", "body", "marked"),
        [
            ("brevo", {"event": "hard_bounce", "email": ADA, "reason": "550 5.1.1"}, 1),
            ("brevo", {"event": "soft_bounce", "email": ADA, "reason": "x"}, 0),
            ("mailjet", [{"event": "bounce", "email": ADA, "hard_bounce": True, "error": "user unknown"}], 1),
            (
                "sparkpost",
                [{"msys": {"message_event": {"type": "bounce", "bounce_class": "10", "raw_rcpt_to": ADA}}}],
                1,
            ),
        ],
    )
    def test_is_read_in_each_providers_own_words(self, settings, provider, body, marked):
        use(settings, provider)

        assert tell(body) == (200, None)
        assert UndeliverableAddress.objects.count() == marked
