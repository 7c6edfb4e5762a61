"""Two worlds: an address has an account in one of them, and nobody outside tells them apart."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from modules.accounts.services.account_status import request_deletion, suspend_account
from modules.kernel import clock
from modules.mail.models import Mail
from tests.accounts.kit import code_in, hidden
from tests.kit.delivery import announced, drain
from tests.kit.http import Http, Response
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db

AUTH = "/auth/app/v1/auth"
OTHER = "quite another password"
# What is random, or says when; everything else of an answer is compared.
RANDOM = [
    (r'"session_token": "[^"]+"', '"session_token": "…"'),
    (r'"request_id": "[^"]+"', '"request_id": "…"'),
    (r'"(at|timestamp)": [\d.]+', '"at": …'),
    (r"[A-Za-z0-9_-]{32,}", "…"),
]
MOMENTARY = ("X-Request-Id", "Expires")


@pytest.fixture(autouse=True)
def _mandatory(settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True


class World:
    """What somebody who asks about one address sees, with all that is random or their own taken out."""

    def __init__(self, name: str) -> None:
        self.name, self.email = name, f"{name}@example.org"
        self.seen: list[Any] = []

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        return self.ask_by(Http(), method, path, body, **headers)

    def ask_by(self, client: Http, method: str, path: str, body: Any = None, **headers: str) -> Response:
        answer: Response = client(method, path, body, **headers)
        cookies = {name: {**cookie, "expires": "…"} for name, cookie in client.client.cookies.items()}
        shown = {name: text for name, text in answer.headers.items() if name not in MOMENTARY}
        told = json.dumps([f"{method} {path}", answer.status, shown, answer.body, cookies], default=str)
        self.seen.append(self.plain(told))
        return answer

    def plain(self, text: str) -> str:
        for pattern, instead in RANDOM:
            text = re.sub(pattern, instead, text)
        return text.replace(self.name, "name")

    def sign_up(self, username: str, email: str | None = None, **headers: str) -> Response:
        body = {"username": username, "email": email or self.email, "password": PASSWORD}
        return self.ask("POST", f"{AUTH}/signup", body, **headers)

    def log_in(self, password: str = PASSWORD, **name: str) -> Response:
        return self.ask("POST", f"{AUTH}/login", {**name, "password": password})

    def find(self, username: str) -> None:
        drain()
        self.ask("GET", f"/v1/users/by/username/{username}")

    def count_mails(self, mailoutbox) -> None:
        drain()
        self.seen.append(self.plain(str(sorted(mail.to for mail in mailoutbox))))
        mailoutbox.clear()


def walk(world: World, mailoutbox) -> list[Any]:
    """Try everything that a stranger can with an address, a username and a password of their choice."""
    name = world.name
    token = world.sign_up(name).body["meta"]["session_token"]
    world.find(name)
    held = {"X_Session_Token": token}
    world.ask("GET", f"{AUTH}/session", **held)
    world.ask("GET", "/v1/me", **held)
    world.count_mails(mailoutbox)
    world.ask("POST", f"{AUTH}/email/verify", {"key": "WRONG1"}, **held)
    world.ask("GET", f"{AUTH}/email/verify", X_Email_Verification_Key="WRONG1", **held)
    world.ask("POST", f"{AUTH}/email/verify/resend", **held)
    world.ask("POST", "/auth/app/v1/account/email", {"email": f"{name}2@example.org"}, **held)
    world.ask("PUT", "/auth/app/v1/account/email", {"email": world.email}, **held)
    world.ask("GET", "/auth/app/v1/account/email", **held)
    for _ in range(4):
        world.ask("POST", f"{AUTH}/email/verify", {"key": "WRONG1"}, **held)
    world.count_mails(mailoutbox)
    walk_log_ins(world)
    world.count_mails(mailoutbox)
    world.sign_up(name, f"else{name}@example.org")
    world.sign_up(f"{name}_b")
    world.find(f"{name}_b")
    for _ in range(2):
        world.sign_up(f"{name}_c", Idempotency_Key=f"once-{name}")
    browser = Http()
    world.ask_by(browser, "GET", "/auth/browser/v1/config")
    body = {"username": f"{name}_d", "email": world.email, "password": PASSWORD}
    world.ask_by(browser, "POST", "/auth/browser/v1/auth/signup", body, X_CSRFToken=browser.csrf)
    world.count_mails(mailoutbox)
    walk_reset(world)
    world.count_mails(mailoutbox)
    world.find(name)
    return world.seen


def walk_log_ins(world: World) -> None:
    for password in (PASSWORD, OTHER):
        world.log_in(password, username=world.name)
        world.log_in(password, email=world.email)
    page = Client()
    for login in (world.name, world.email):
        form = page.get("/identity/login").content.decode()
        sent = {
            "login": login,
            "password": PASSWORD,
            "csrfmiddlewaretoken": hidden(form, "csrfmiddlewaretoken"),
        }
        answer = page.post("/identity/login", sent)
        shown = re.sub(r'value="[^"]{60,}"', "", answer.content.decode())
        world.seen.append(world.plain(str((answer.status_code, answer.get("Location"), shown))))


def walk_reset(world: World) -> None:
    """Ask for a new password, and try codes until no more may be tried."""
    asked = world.ask("POST", f"{AUTH}/password/request", {"email": world.email})
    held = {"X_Session_Token": asked.body["meta"]["session_token"]}
    path = f"{AUTH}/password/reset"
    world.ask("GET", f"{AUTH}/session", **held)
    world.ask("GET", path, X_Password_Reset_Key="x", **held)
    world.ask("POST", path, {"key": "WRONG1", "password": "weak"}, **held)
    world.ask("POST", path, {"key": "", "password": OTHER}, **held)
    world.ask("GET", path, **held)
    for _ in range(3):
        world.ask("POST", path, {"key": "WRONG1", "password": OTHER}, **held)
        world.ask("GET", path, X_Password_Reset_Key="WRONG1", **held)


class TestOutside:
    def test_a_taken_address_looks_like_a_free_one(self, make_account, mailoutbox):
        make_account("owner", email="owned@example.org", password=OTHER + " of the owner")

        free = walk(World("fresh"), mailoutbox)
        taken = walk(World("owned"), mailoutbox)

        assert len(free) == len(taken)
        for a_free, a_taken in zip(free, taken, strict=True):
            assert a_free == a_taken

    @pytest.mark.parametrize("state", ["verified", "pending", "suspended", "closed"])
    def test_a_reset_of_any_account_looks_like_one_of_none(self, make_account, sign_up, mailoutbox, state):
        put: dict[str, Callable[[], object]] = {
            "verified": lambda: None,
            "pending": lambda: sign_up("waiting", email="owned@example.org"),
            "suspended": lambda: suspend_account(owner.id, now=clock.now()),
            "closed": lambda: request_deletion(owner.id, confirm="owner", now=clock.now()),
        }
        if state != "pending":
            owner = make_account("owner", email="owned@example.org", password=OTHER)
        put[state]()
        Mail.objects.all().delete()
        known, unknown = World("owned"), World("fresh")

        walk_reset(known)
        walk_reset(unknown)

        assert known.seen == unknown.seen
        assert sorted(Mail.objects.values_list("to", flat=True)) == ["fresh@example.org", "owned@example.org"]

    def test_the_owner_is_told_and_gets_no_code(self, make_account, sign_up, mailoutbox):
        make_account("owner", email="owned@example.org", password=OTHER)

        sign_up("stranger", email="owned@example.org")
        drain()

        [mail] = mailoutbox
        assert (mail.to, mail.subject) == (["owned@example.org"], "[Banyan] Account Already Exists")
        assert "stranger" not in mail.body


class TestProfile:
    def test_is_public_once_the_address_is_verified(self, http, sign_up, mailoutbox):
        token = sign_up().body["meta"]["session_token"]
        code = code_in(mailoutbox)
        hidden_before = http("GET", "/v1/users/by/username/ada")
        announced_before = announced("accounts.account_created.v1")

        done = http("POST", f"{AUTH}/email/verify", {"key": code}, X_Session_Token=token)
        user_id = done.body["data"]["user"]["id"]
        announced_after = announced("accounts.account_created.v1")
        drain()

        assert (hidden_before.status, announced_before, announced_after) == (
            404,
            [],
            [{"user_id": int(user_id)}],
        )
        assert http("GET", "/v1/users/by/username/ada").body["data"]["id"] == user_id
        assert http("GET", f"/v1/users/{user_id}").status == 200

    def test_of_a_sign_up_that_waits_is_nobodys_to_follow(self, ada, http, sign_up):
        from modules.accounts.models import User

        sign_up("vera")
        session = http("POST", f"{AUTH}/login", {"username": "ada", "password": PASSWORD})
        held = {"X_Session_Token": session.body["meta"]["session_token"]}
        vera = User.objects.get(username="vera").id

        assert http("PUT", f"/v1/me/following/{vera}", **held).status == 404
        assert http("GET", f"/v1/users/{vera}").status == 404

    def test_comes_with_the_first_log_in_where_verification_ceased_to_be_asked(self, http, sign_up, settings):
        sign_up()
        settings.ACCOUNT_EMAIL_VERIFICATION = "optional"

        http("POST", f"{AUTH}/login", {"username": "ada", "password": PASSWORD})
        drain()

        assert http("GET", "/v1/users/by/username/ada").status == 200
