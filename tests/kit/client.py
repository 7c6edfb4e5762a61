"""A client of the API as a product team would write one: HTTP in, JSON out, nothing of Django."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from deploy.embedded.layout import ROOT
from tests.kit.declared import undeclared
from tests.kit.http import Response, send

PASSWORD = "correct horse battery"


@cache
def codes_of_contract() -> frozenset[str]:
    """Return the codes of problems that integrators are told of."""
    [listed] = re.findall(
        r"x-extensible-enum:\n((?: +- \w+\n)+)", (ROOT / "openapi" / "banyan.yaml").read_text()
    )
    return frozenset(re.findall(r"\w+", listed))


@dataclass
class Client:
    """One person's app."""

    url: str
    token: str | None = None
    id: str = ""
    username: str = ""

    def sign_up(self, username: str) -> Client:
        """Make an account and keep its session."""
        body = {"email": f"{username}@example.org", "username": username, "password": PASSWORD}
        answer = self.call("POST", "/auth/app/v1/auth/signup", body)
        assert answer.status == 200, answer
        self.token = answer.body["meta"]["session_token"]
        self.id, self.username = answer.body["data"]["user"]["id"], username
        return self

    def log_in(self) -> Client:
        """Open another session of the account, and keep that one."""
        self.token = None
        body = {"username": self.username, "password": PASSWORD}
        self.token = self.call("POST", "/auth/app/v1/auth/login", body).body["meta"]["session_token"]
        return self

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """Send one request over a connection of its own."""
        token = {"X-Session-Token": self.token} if self.token else {}
        answer = send(self.url, method, path, body, **token | headers)
        got = answer.headers
        if got.get("content-type") == "application/problem+json":
            assert answer.body.get("code") in codes_of_contract(), answer
        assert not undeclared(method, path, answer.status, got), answer
        return answer

    def follow(self, other: Client) -> None:
        answer = self.call("PUT", f"/v1/me/following/{other.id}")
        assert answer.status == 200, answer

    def counts(self) -> dict[str, int] | None:
        """Return the person's follow counts, or nothing while the profile is not made yet."""
        answer = self.call("GET", f"/v1/users/{self.id}")
        if answer.status == 404:
            return None
        assert answer.status == 200, answer
        return dict(answer.body["state"][self.id])

    def post(self, text: str, **headers: str) -> str:
        """Publish a post and return its id."""
        answer = self.call("POST", "/v1/posts", {"text": text}, **headers)
        assert answer.status == 201, answer
        return str(answer.body["id"])

    def home(self, **query: str) -> list[str]:
        """Return the texts on the first page of the home timeline, newest first."""
        answer = self.call("GET", "/v1/timelines/home")
        assert answer.status == 200, answer
        return [card["text"] for card in answer.body["data"]]

    def home_to_the_end(self, limit: int = 100) -> list[str]:
        """Return the ids of the whole home timeline, page by page."""
        path, ids = f"/v1/timelines/home?limit={limit}", []
        while path:
            answer = self.call("GET", path)
            assert answer.status == 200, answer
            ids += [card["id"] for card in answer.body["data"]]
            following = answer.body["next"]
            path = f"/v1/timelines/home?limit={limit}&cursor={following}" if following else ""
        return ids
