"""People who use the service through its public address: TLS, HTTP/2 where both can, nothing from inside."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_string
from itertools import count
from typing import TypeVar

import httpx

from tests.image.shell import Failed
from tests.image.site import Site

# Shards of ids, and where the first run lays them: the lower half on `a`.
_SHARDS = 4096
T = TypeVar("T")
_addresses = count(1)
_CODE = re.compile(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", re.MULTILINE)
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    id: int
    client: httpx.Client

    @property
    def instance(self) -> str:
        """Where their rows are."""
        return "a" if (self.id >> 10) % _SHARDS < _SHARDS // 2 else "b"

    def ask(self, method: str, path: str, **options: object) -> httpx.Response:
        """Return what a request is answered."""
        return self.client.request(method, path, **options)  # type: ignore[arg-type]

    def publish(self, text: str) -> int:
        """Publish a post; return its id."""
        answer = self.ask("POST", "/v1/posts", json={"text": text})
        if answer.status_code != 201:
            raise Failed(f"A post was answered {answer.status_code}: {answer.text}")
        return int(answer.json()["id"])

    def home(self) -> list[int]:
        """Return the ids of the posts at home."""
        return [int(post["id"]) for post in self.ask("GET", "/v1/timelines/home").json()["data"]]


def client_of(site: Site) -> httpx.Client:
    """Return a client that trusts the certificate of the site alone, with an address of its own."""
    address = f"198.51.100.{next(_addresses)}"
    return httpx.Client(
        base_url=site.url, verify=str(site.certificate), timeout=20, headers={"X-Forwarded-For": address}
    )


def sign_up(site: Site) -> Person:
    """Sign somebody up: the code comes by a mail that a worker sends."""
    client, name = client_of(site), f"p{secrets.token_hex(5)}"
    sign_up = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
    began = client.post("/auth/app/v1/auth/signup", json=sign_up).json()
    session = {"X-Session-Token": began["meta"]["session_token"]}
    code = until(lambda: _code_for(site, f"{name}@example.org"))
    verified = client.post("/auth/app/v1/auth/email/verify", json={"key": code}, headers=session)
    if verified.status_code != 200:
        raise Failed(f"The code of a mail was answered {verified.status_code}: {verified.text}")
    said = verified.json()
    client.headers["X-Session-Token"] = said["meta"].get("session_token", session["X-Session-Token"])
    return Person(int(said["data"]["user"]["id"]), client)


def _code_for(site: Site, address: str) -> str | None:
    """Return the code of the mail to an address, if it has come."""
    show = "for mail in /var/lib/banyan/mails/*; do cat $mail && echo ======; done 2>/dev/null || true"
    for text in site.compose("exec", "-T", "worker", "sh", "-c", show).split("======\n"):
        mail = message_from_string(text)
        plain = next((part for part in mail.walk() if part.get_content_type() == "text/plain"), mail)
        if mail["To"] == address and (found := _CODE.search(str(plain.get_payload()))):
            return found[1]
    return None


def until(look: Callable[[], T | None], within: float = 30) -> T:
    """
    Return what a look finds as soon as it finds something.

    :raises Failed: if that takes too long
    """
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise Failed(f"What was waited for did not come within {within} s")
