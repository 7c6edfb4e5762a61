"""Where sockets are tried: an API whose news is delivered, and a process that holds them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import pytest

from deploy.embedded.layout import ROOT
from tests.kit.client import Client
from tests.kit.machines import until
from tests.kit.sockets import Socket, open_socket

# What ends deliveries does so within these.
SECONDS = 5


@dataclass(frozen=True)
class Place:
    """An API whose news is delivered, and a process that holds sockets."""

    api: str
    realtime: str

    def sign_up(self, name: str) -> Client:
        """Make somebody whose profile is there."""
        client = Client(self.api).sign_up(name)
        until(lambda: client.counts() is not None)
        return client

    def open(self, client: Client, since: int | None = None) -> Socket:
        return open_socket(client, self.realtime, since)


@pytest.fixture(scope="module")
def realtime(machines_of_module):
    return machines_of_module.run_realtime(BANYAN_CORS_ORIGINS="https://app.example.org")


@pytest.fixture
def place(live_api, realtime) -> Place:
    return Place(live_api.url, realtime.url)


def suspend(stack, username: str) -> None:
    words = [sys.executable, "manage.py", "account", "suspend", username]
    subprocess.run(words, cwd=ROOT, env=stack.env, check=True, capture_output=True)
