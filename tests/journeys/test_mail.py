"""Signing up and resetting a password by what really is mailed: written by the API, sent by a worker."""

from __future__ import annotations

import re
from email import message_from_string, policy

import pytest

from tests.kit.client import PASSWORD, Client
from tests.kit.machines import Machines, until

pytestmark = pytest.mark.django_db

AUTH = "/auth/app/v1/auth"
CODE = re.compile(r"^([A-Z0-9]{4}-?[A-Z0-9]{4}|[A-Z0-9]{6})\s*$", re.MULTILINE)
BETWEEN = "-" * 79 + "\n"
ADA = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}


@pytest.fixture
def api(stack, delivering) -> Client:
    return Client(stack.run_api(BANYAN_EMAIL_VERIFICATION="mandatory").url)


def code_mailed(stack: Machines, to: str, *, nth: int = 1) -> str:
    """Return the nth code that was mailed to an address, as soon as it is there."""
    codes: list[str] = []

    def read() -> bool:
        codes[:] = [match[1] for mail in mails(stack, to) if (match := CODE.search(mail))]
        return len(codes) >= nth

    until(read)
    return codes[nth - 1]


def mails(stack: Machines, to: str) -> list[str]:
    """Return the texts of all mails to an address, the oldest first."""
    files = sorted(stack.mails.glob("*.log"), key=lambda path: path.stat().st_mtime)
    # What goes over one connection is in one file.
    texts = [text for path in files for text in path.read_text().split(BETWEEN) if text.strip()]
    sent = [message_from_string(text, policy=policy.default) for text in texts]
    return [plain.get_content() for mail in sent if mail["To"] == to and (plain := mail.get_body(("plain",)))]


class TestSignUp:
    def test_is_finished_by_the_mailed_code(self, stack, api):
        pending = api.call("POST", f"{AUTH}/signup", ADA)
        api.token = pending.body["meta"]["session_token"]
        assert (pending.status, api.call("GET", "/v1/me").status) == (401, 401)

        done = api.call("POST", f"{AUTH}/email/verify", {"key": code_mailed(stack, "ada@example.org")})

        assert done.status == 200
        api.token = done.body["meta"]["session_token"]
        assert api.call("GET", "/v1/me").body["data"]["username"] == "ada"

    def test_tells_the_owner_of_a_taken_address_and_nobody_else(self, stack, api):
        ada = Client(api.url)
        ada.token = ada.call("POST", f"{AUTH}/signup", ADA).body["meta"]["session_token"]
        verified = ada.call("POST", f"{AUTH}/email/verify", {"key": code_mailed(stack, "ada@example.org")})
        assert verified.status == 200

        free = api.call("POST", f"{AUTH}/signup", {**ADA, "username": "vera", "email": "vera@example.org"})
        taken = api.call("POST", f"{AUTH}/signup", {**ADA, "username": "mallory"})

        assert (free.status, taken.status) == (401, 401)
        assert free.body["data"] == taken.body["data"]
        # The code, the welcome, and that somebody tried her address.
        until(lambda: len(mails(stack, "ada@example.org")) == 3)
        assert "mallory" not in "".join(mails(stack, "ada@example.org"))


class TestReset:
    def test_gives_a_new_password_and_ends_what_was_open(self, stack, api):
        api.token = api.call("POST", f"{AUTH}/signup", ADA).body["meta"]["session_token"]
        key = code_mailed(stack, "ada@example.org")
        done = api.call("POST", f"{AUTH}/email/verify", {"key": key})
        api.token = done.body["meta"]["session_token"]
        assert api.call("GET", "/v1/me").status == 200
        elsewhere = Client(api.url)
        asked = elsewhere.call("POST", f"{AUTH}/password/request", {"email": "ada@example.org"})
        elsewhere.token = asked.body["meta"]["session_token"]

        new = {"key": code_mailed(stack, "ada@example.org", nth=2), "password": "a long walk home"}
        assert elsewhere.call("POST", f"{AUTH}/password/reset", new).status in (200, 401)

        until(lambda: api.call("GET", "/v1/me").status == 401, within=5)
        log_ins = [
            Client(api.url).call("POST", f"{AUTH}/login", {"username": "ada", "password": password}).status
            for password in (PASSWORD, "a long walk home")
        ]
        assert log_ins == [400, 200]
