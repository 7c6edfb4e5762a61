"""A code is used once, however many requests bring it at the same moment, whatever process answers them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from django.db import connections

from modules.accounts.models import Session, User
from modules.mail.models import Mail
from tests.accounts.second_factors import half, secret, session  # noqa: F401 - fixtures
from tests.kit.http import send
from tests.kit.machines import until
from tests.kit.people import PASSWORD
from tests.kit.totp import code_of

pytestmark = pytest.mark.django_db

AUTH, ACCOUNT = "/auth/app/v1/auth", "/auth/app/v1/account"
ADDRESS = "ada@example.org"
AT_ONCE = 3


class Gate:
    """The rows of a table, held so that whoever is about to change them waits."""

    def __init__(self, held: psycopg.Connection, observer: psycopg.Connection) -> None:
        self._held = held
        self._observer = observer

    def close(self, table: str) -> None:
        self._held.execute(f"SELECT FROM {table} FOR NO KEY UPDATE")

    def has_guests(self) -> bool:
        row = self._observer.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
        return row is not None and row[0] >= AT_ONCE

    def open(self) -> None:
        self._held.rollback()


@pytest.fixture
def gate(db) -> Iterator[Gate]:
    place = connections["default"].get_connection_params()
    words = {name: place[name] for name in ("host", "port", "user", "password", "dbname") if name in place}
    with psycopg.connect(**words) as held, psycopg.connect(**words, autocommit=True) as observer:
        yield Gate(held, observer)
        held.rollback()


@pytest.fixture
def at_once(gate):
    """Send requests that all have been read when the first of them may write to a table."""

    def send_all(url: str, path: str, bodies: list[dict[str, Any]], *, token: str, table: str) -> list[int]:
        gate.close(table)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            answers = [
                threads.submit(send, url, "POST", path, body, X_Session_Token=token) for body in bodies
            ]
            until(gate.has_guests)
            gate.open()
            return [answer.result().status for answer in answers]

    return send_all


def code_mailed() -> str:
    body = Mail.objects.latest("id").text
    match = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", body, re.MULTILINE)
    assert match, body
    return match[1]


def run_api(stack, **env: str) -> str:
    url: str = stack.run_api(BANYAN_LOCK_TIMEOUT_MS="20000", **env).url
    return url


class TestOneCodeAtTheSameMoment:
    def test_gives_one_new_password(self, stack, ada, at_once):
        url = run_api(stack)
        asked = send(url, "POST", f"{AUTH}/password/request", {"email": ADDRESS}).body
        passwords = [f"a long walk to {place}" for place in ("Bath", "Rome", "Ghent")]

        statuses = at_once(
            url,
            f"{AUTH}/password/reset",
            [{"key": code_mailed(), "password": password} for password in passwords],
            token=asked["meta"]["session_token"],
            table="accounts_user",
        )

        right = [User.objects.get().check_password(password) for password in passwords]
        # Who has reset it logs in: 401 says so.
        assert sorted(statuses) == [401, 409, 409]
        assert right == [status == 401 for status in statuses]

    def test_finishes_one_sign_up(self, stack, db, at_once):
        url = run_api(stack, BANYAN_EMAIL_VERIFICATION="mandatory")
        person = {"username": "ada", "email": ADDRESS, "password": PASSWORD}
        pending = send(url, "POST", f"{AUTH}/signup", person).body

        statuses = at_once(
            url,
            f"{AUTH}/email/verify",
            [{"key": code_mailed()}] * AT_ONCE,
            token=pending["meta"]["session_token"],
            table="accounts_user",
        )

        assert sorted(statuses) == [200, 409, 409]
        assert Session.objects.exclude(user=None).count() == 1

    def test_verifies_an_address_by_one_link(self, stack, db, at_once):
        url = run_api(stack, BANYAN_EMAIL_VERIFICATION="optional")
        person = {"username": "ada", "email": ADDRESS, "password": PASSWORD}
        signed_up = send(url, "POST", f"{AUTH}/signup", person).body
        link = EmailConfirmationHMAC(EmailAddress.objects.get()).key

        statuses = at_once(
            url,
            f"{AUTH}/email/verify",
            [{"key": link}] * AT_ONCE,
            token=signed_up["meta"]["session_token"],
            table="accounts_user",
        )

        assert sorted(statuses) == [200, 409, 409]
        assert EmailAddress.objects.get().verified

    @pytest.mark.parametrize("kind", ["authenticator app", "recovery"])
    def test_is_one_second_factor(self, stack, http, secret, session, half, at_once, kind):  # noqa: F811
        code = code_of(secret) if kind == "authenticator app" else generate_codes(http, session)[0]

        statuses = at_once(
            run_api(stack),
            f"{AUTH}/2fa/authenticate",
            [{"code": code}] * AT_ONCE,
            token=half,
            table="mfa_authenticator",
        )

        assert sorted(status == 200 for status in statuses) == [False, False, True]

    def test_that_was_used_while_the_codes_were_looked_at_is_not_fresh_again(self, http, secret, session):  # noqa: F811
        codes = generate_codes(http, session)
        looked_at = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
        looked_at.data["viewed_at"] = None
        used = Authenticator.objects.get(pk=looked_at.pk).wrap().validate_code(codes[0])

        looked_at.wrap().mark_as_viewed()

        assert used
        assert not Authenticator.objects.get(pk=looked_at.pk).wrap().validate_code(codes[0])


def generate_codes(http, session: str) -> list[str]:  # noqa: F811
    answer = http("POST", f"{ACCOUNT}/authenticators/recovery-codes", X_Session_Token=session)
    assert answer.status == 200, answer.body
    codes: list[str] = answer.body["data"]["unused_codes"]
    return codes
