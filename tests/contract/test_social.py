"""Logging in by another provider: this very service, at another address, stands in for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from tests.contract.third_party import App, agree, register
from tests.kit.client import Client
from tests.kit.http import Response

pytestmark = pytest.mark.django_db

TOKEN, SIGN_UP = "/auth/app/v1/auth/provider/token", "/auth/app/v1/auth/provider/signup"


@pytest.fixture
def elsewhere(stack) -> Iterator[App]:
    """An app that Ada lets in at the other provider."""
    ada = Client(stack.run_api().url).sign_up("ada")
    app = App(ada.url, register(ada))
    yield app
    app.client.close()


@pytest.fixture
def id_token(elsewhere) -> str:
    """What the other provider says of Ada."""
    return prove(elsewhere)


def prove(elsewhere: App) -> str:
    return str(elsewhere.fetch(agree(elsewhere.ask()))["id_token"])


@pytest.fixture
def url(stack, elsewhere) -> str:
    """A service that takes the other provider's word."""
    app = {
        "provider": "openid_connect",
        "provider_id": "elsewhere",
        "name": "Elsewhere",
        "client_id": elsewhere.registered["id"],
        "secret": elsewhere.registered["secret"],
        "settings": {"server_url": elsewhere.metadata["issuer"]},
    }
    return str(stack.run_api(BANYAN_SOCIAL_APPS=json.dumps([app])).url)


def come(url: str, elsewhere: App, id_token: str, **changes: Any) -> tuple[Client, Response]:
    """Show what the other provider says; the session that comes of it is the client's."""
    client = Client(url)
    token = {"client_id": elsewhere.registered["id"], "id_token": id_token} | changes
    answer = client.call("POST", TOKEN, {"provider": "elsewhere", "process": "login", "token": token})
    client.token = (answer.body.get("meta") or {}).get("session_token")
    return client, answer


class TestAnotherProvider:
    def test_brings_somebody_who_chooses_a_name_once(self, url, elsewhere, id_token):
        vera, asked = come(url, elsewhere, id_token)
        pending = [flow["id"] for flow in asked.body["data"]["flows"] if flow.get("is_pending")]
        assert (asked.status, pending) == (401, ["provider_signup"])

        done = vera.call("POST", SIGN_UP, {"username": "vera", "email": "vera@example.org"})
        again, entered = come(url, elsewhere, prove(elsewhere))

        assert (done.status, entered.status) == (200, 200)
        assert entered.body["data"]["user"]["id"] == done.body["data"]["user"]["id"]
        assert again.call("GET", "/v1/me").body["data"]["username"] == "vera"
        # A proof is good once.
        assert come(url, elsewhere, id_token)[1].status == 400

    def test_proves_no_address_that_somebody_has_here(self, url, elsewhere, id_token):
        EmailAddress.objects.filter(email="ada@example.org").update(verified=True)
        client, _ = come(url, elsewhere, id_token)

        taken = client.call("POST", SIGN_UP, {"username": "vera", "email": "ada@example.org"})

        assert (taken.status, taken.body["errors"][0]["param"]) == (400, "email")

    def test_is_not_believed_with_another_signature_or_for_another_app(self, url, elsewhere, id_token):
        head, body, signature = id_token.split(".")
        forged = f"{head}.{body}.{signature[:-4]}AAAA"

        _, unsigned = come(url, elsewhere, forged)
        _, foreign = come(url, elsewhere, id_token, client_id="another")
        _, rubbish = come(url, elsewhere, "rubbish")

        assert [answer.status for answer in (unsigned, foreign, rubbish)] == [400, 400, 400]
