"""What accounts has mailed, as a server gets it: in two forms, of the same facts, and to whom it may go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import allauth
import pytest
import time_machine
from allauth.account.models import EmailAddress

from modules.accounts.api.allauth.mails import ASKED_FOR, NOTICES
from modules.accounts.services.notices import notify
from modules.accounts.services.welcome import welcome
from modules.kernel import clock
from modules.mail.public import find_undeliverable
from modules.mail.services.undeliverable import note_returned
from tests.kit.delivery import drain
from tests.kit.people import NOON, PASSWORD
from tests.kit.smtp import Sink, listening

pytestmark = pytest.mark.django_db

AUTH = "/auth/app/v1/auth"
ADA = "ada@example.org"
CODE = r"[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}"


@pytest.fixture
def sink(settings, db) -> Iterator[Sink]:
    with listening(settings) as sink:
        yield sink


@pytest.fixture
def mandatory(settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True


def parts_of(mail) -> tuple[str, str]:
    text, html = (part.get_content() for part in mail.iter_parts())
    return text, html


def code_in(sink: Sink) -> str:
    text, _ = parts_of(sink.mails[-1])
    code = re.search(rf"^({CODE})\s*$", text, re.MULTILINE)
    assert code, text
    return code[1]


def verify(http, sink: Sink, token: str) -> int:
    """Send back the code that was mailed; return the id of its user."""
    drain()
    done = http("POST", f"{AUTH}/email/verify", {"key": code_in(sink)}, X_Session_Token=token)
    assert done.status == 200
    return int(done.body["data"]["user"]["id"])


def subjects(sink: Sink) -> list[str]:
    return [mail["Subject"] for mail in sink.mails]


def test_every_mail_that_allauth_knows_has_words_of_ours():
    folder = Path(allauth.__file__).parent / "templates"
    named = {
        str(file.relative_to(folder)).removesuffix("_subject.txt")
        for file in folder.glob("**/email/*_subject.txt")
    }

    assert named - ASKED_FOR - set(NOTICES) == set()


class TestCode:
    def test_is_alone_on_its_line_and_whole_in_html_and_in_nothing_that_a_locked_phone_shows(
        self, mandatory, sign_up, sink
    ):
        sign_up()
        drain()

        [mail] = sink.mails
        text, html = parts_of(mail)
        code = code_in(sink)
        assert f'<p class="code">{code}</p>' in html
        assert html.count(code) == text.count(code) == 1
        assert code not in mail["Subject"]
        assert "ada gave this email address for an account at Banyan." in text

    def test_of_a_reset_goes_to_an_address_that_bounced_and_proves_it_again(self, http, ada, sink):
        note_returned(bounced=[ADA], now=clock.now())
        asked = http("POST", f"{AUTH}/password/request", {"email": ADA})
        drain()

        sent = {"key": code_in(sink), "password": "quite another password"}
        http("POST", f"{AUTH}/password/reset", sent, X_Session_Token=asked.body["meta"]["session_token"])

        assert find_undeliverable([ADA]) == set()
        drain()
        assert subjects(sink)[1:] == ["[Banyan] Password Reset"]


class TestNotice:
    def test_tells_what_was_done_when_and_from_where_in_both_forms(self, http, ada, sink):
        token = http("POST", f"{AUTH}/login", {"username": "ada", "password": PASSWORD}).body["meta"]
        change = {"current_password": PASSWORD, "new_password": "quite another password"}
        http(
            "POST",
            "/auth/app/v1/account/password/change",
            change,
            X_Session_Token=token["session_token"],
            User_Agent='Odd <a href="https://evil.example">browser</a>',
        )
        drain()

        [mail] = sink.mails
        text, html = parts_of(mail)
        for fact in ("Your password was changed.", "127.0.0.1", "UTC", "If this was not you"):
            assert (fact in text, fact in html) == (True, True)
        assert 'Odd <a href="https://evil.example">browser</a>' in text
        assert "Odd &lt;a href=&quot;https://evil.example&quot;&gt;browser&lt;/a&gt;" in html

    def test_shows_names_that_users_gave_as_they_wrote_them(self, ada, sink):
        notify(ada.id, "The app{name} was registered.", notice="app_registered", name="<i>{x}</i>", now=NOON)
        drain()

        text, html = parts_of(sink.mails[0])
        assert "The app <i>{x}</i> was registered." in text
        assert "The app &lt;i&gt;{x}&lt;/i&gt; was registered." in html
        assert f"{NOON:%d %B %Y, %H:%M} UTC" in text

    def test_is_not_sent_to_an_address_that_bounced(self, ada, sink):
        note_returned(bounced=[ADA], now=clock.now())
        notify(ada.id, "It was closed.", notice="account_closed", now=NOON)

        drain()

        assert sink.mails == []


class TestWelcome:
    def test_is_sent_once_when_the_address_is_proven_and_no_sooner(self, mandatory, http, sign_up, sink):
        token = sign_up().body["meta"]["session_token"]
        drain()
        assert subjects(sink) == ["[Banyan] Please Confirm Your Email Address"]

        verify(http, sink, token)
        drain()
        http("POST", f"{AUTH}/login", {"username": "ada", "password": PASSWORD})
        drain()

        assert subjects(sink)[1:] == ["Welcome to Banyan"]
        text, html = parts_of(sink.mails[-1])
        assert "Your username is ada." in text
        assert "Your username is ada." in html
        assert sink.mails[-1]["To"] == ADA

    def test_is_not_sent_for_another_address_of_the_same_account(self, mandatory, http, sign_up, sink):
        user_id = verify(http, sink, sign_up().body["meta"]["session_token"])
        EmailAddress.objects.create(user_id=user_id, email="ada@example.net", verified=True)

        welcome(user_id, now=clock.now())
        drain()

        assert subjects(sink).count("Welcome to Banyan") == 1

    def test_waits_for_the_proof_where_an_account_opens_without(self, http, sign_up, sink):
        token = sign_up().body["meta"]["session_token"]
        drain()
        assert "Welcome to Banyan" not in subjects(sink)
        http("PUT", "/auth/app/v1/account/email", {"email": ADA}, X_Session_Token=token)
        drain()
        key = re.search(r"verify-email/(\S+)", parts_of(sink.mails[-1])[0])
        assert key

        http("POST", f"{AUTH}/email/verify", {"key": key[1].replace("%3A", ":")}, X_Session_Token=token)
        drain()

        assert subjects(sink).count("Welcome to Banyan") == 1

    def test_is_not_sent_to_who_proves_an_address_long_after(self, http, sign_up, sink):
        token = sign_up().body["meta"]["session_token"]
        http("PUT", "/auth/app/v1/account/email", {"email": ADA}, X_Session_Token=token)
        drain()
        key = re.search(r"verify-email/(\S+)", parts_of(sink.mails[-1])[0])
        assert key

        with time_machine.travel(clock.now() + timedelta(days=2, hours=1), tick=True):
            sent = {"key": key[1].replace("%3A", ":")}
            http("POST", f"{AUTH}/email/verify", sent, X_Session_Token=token)
            drain()

        assert EmailAddress.objects.get(email=ADA).verified
        assert "Welcome to Banyan" not in subjects(sink)
