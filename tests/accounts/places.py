"""Where somebody logs in from: addresses of the network."""

from __future__ import annotations

from django.test import Client

from tests.kit.http import Http
from tests.kit.people import PASSWORD

LOG_IN = "/auth/app/v1/auth/login"
BROWSER = "/auth/browser/v1"
WRONG = "wrong and long"


class At:
    """Clients at one address."""

    def __init__(self, address: str, client: Client | None = None) -> None:
        self.address = address
        self.http = Http()
        if client is not None:
            self.http.client = client
        self.http.client.defaults["REMOTE_ADDR"] = address

    def log_in(self, password: str = WRONG, *, name: str = "ada") -> int:
        return self.http("POST", LOG_IN, {"username": name, "password": password}).status

    def log_in_by_browser(self, password: str = PASSWORD) -> int:
        self.http("GET", f"{BROWSER}/config")
        sent = {"username": "ada", "password": password}
        return self.http("POST", f"{BROWSER}/auth/login", sent, X_CSRFToken=self.http.csrf).status
