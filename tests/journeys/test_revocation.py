"""What is revoked at one API is dead at another within five seconds, though that one knows it well."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from deploy.embedded.layout import ROOT
from modules.accounts.services.accounts import set_roles
from tests.kit.client import PASSWORD, Client
from tests.kit.machines import Machines, until

pytestmark = pytest.mark.django_db

SECONDS = 5
APP = {
    "name": "Nightly",
    "type": "confidential",
    "redirect_uris": [],
    "scopes": ["read:profiles"],
    "grant_types": ["client_credentials"],
}


@pytest.fixture
def here(stack) -> Client:
    return Client(stack.run_api().url).sign_up("ada")


@pytest.fixture
def there(stack, here) -> Client:
    """The same session at another API, which has just answered it."""
    client: Client = replace(here, url=stack.run_api().url)
    assert status_of(client) == 200
    return client


def status_of(client: Client, **headers: str) -> int:
    return client.call("GET", "/v1/me", **headers).status


def log_out(client: Client, stack: Machines) -> None:
    assert client.call("DELETE", "/auth/app/v1/auth/session").status == 401


def change_password(client: Client, stack: Machines) -> None:
    change = {"current_password": PASSWORD, "new_password": "a long walk home"}
    assert client.call("POST", "/auth/app/v1/account/password/change", change).status == 200


def delete_account(client: Client, stack: Machines) -> None:
    assert client.call("DELETE", "/v1/me?confirm=ada").status == 200


def suspend(client: Client, stack: Machines) -> None:
    words = [sys.executable, "manage.py", "account", "suspend", "ada"]
    subprocess.run(words, cwd=ROOT, env=stack.env, check=True, capture_output=True)


class TestASession:
    @pytest.mark.parametrize("revoke", [log_out, change_password, delete_account, suspend])
    def test_dies_everywhere(self, stack, here, there, revoke: Callable[[Client, Machines], None]):
        revoke(here, stack)

        until(lambda: status_of(there) == 401, within=SECONDS)

    def test_dies_everywhere_though_redis_is_away(self, stack, here, there):
        stack.stop_redis()

        change_password(here, stack)

        until(lambda: status_of(there) == 401, within=SECONDS)

    def test_lives_on_where_another_ended(self, stack, here, there):
        other = replace(here).log_in()

        log_out(other, stack)

        until(lambda: status_of(replace(other, url=there.url)) == 401, within=SECONDS)
        assert status_of(there) == 200


class TestAKey:
    def test_dies_everywhere(self, here, there):
        set_roles(int(here.id), ["operator"])
        here.log_in()
        app = here.call("POST", "/v1/apps", APP).body["id"]
        new = {"name": "k", "scopes": ["read:profiles"], "may_act_for_users": True}
        made = here.call("POST", f"/v1/apps/{app}/keys", new).body
        service = replace(there, token=None)
        headers = {"Authorization": f"Bearer {made['key']}", "Banyan_On_Behalf_Of": here.id}
        assert status_of(service, **headers) == 200

        assert here.call("DELETE", f"/v1/apps/{app}/keys/{made['id']}").status == 204

        until(lambda: status_of(service, **headers) == 401, within=SECONDS)
