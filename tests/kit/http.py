"""Requests and what they get: in this process by Django's test client, or from a server over a connection."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.test import Client


@dataclass(frozen=True)
class Response:
    """What a client got; the body is read as JSON, and None where there is none."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def texts(self) -> list[str]:
        """The texts of a page of posts."""
        return [card["text"] for card in self.body["data"]]

    @property
    def pointers(self) -> list[str | None]:
        """What each error of a problem points at: a place in the body, a parameter or a header."""
        errors = self.body.get("errors", [])
        return [error.get("pointer", error.get("parameter", error.get("header"))) for error in errors]

    @property
    def says_close(self) -> bool:
        """Whether the server said that nothing follows on this connection."""
        return self.headers["connection"] == "close"


class HasToken(Protocol):
    """Somebody with a session."""

    @property
    def token(self) -> str: ...


class Http:
    """Django's test client, speaking JSON and enforcing CSRF; it keeps its cookies."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        return _ask(self.client, method, path, body, headers)

    @property
    def csrf(self) -> str:
        return self.client.cookies["csrf"].value


def call(
    method: str, path: str, body: Any = None, *, as_: HasToken | None = None, **headers: str
) -> Response:
    """Send one request through Django's test client; a body that is bytes goes as it is."""
    token = {} if as_ is None else {"X-Session-Token": as_.token}
    return _ask(Client(), method, path, body, headers | token)


def send(url: str, method: str, path: str, body: Any = None, **headers: str) -> Response:
    """Send one request to a server, over a connection of its own; its headers come in lower case."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    sent = {"Content-Type": "application/json"} if body is not None else {}
    try:
        connection.request(method, path, None if body is None else json.dumps(body), sent | named(headers))
        response = connection.getresponse()
        raw = response.read()
    finally:
        connection.close()
    got = {name.lower(): value for name, value in response.getheaders()}
    return Response(response.status, json.loads(raw) if raw else None, got)


def named(headers: dict[str, str]) -> dict[str, str]:
    """Return headers under their names; as keyword arguments they have underscores."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _ask(client: Client, method: str, path: str, body: Any, headers: dict[str, str]) -> Response:
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    response = client.generic(method, path, data, content_type="application/json", headers=named(headers))
    return Response(response.status_code, json.loads(response.content or b"null"), response.headers)
