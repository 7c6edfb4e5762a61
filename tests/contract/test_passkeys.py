"""Passkeys made and shown by a real browser, with a virtual authenticator in the place of a finger."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.kit.client import PASSWORD, Client
from tests.kit.http import Response

pytestmark = pytest.mark.django_db

AUTH = "/auth/app/v1"
KEYS = f"{AUTH}/account/authenticators/webauthn"
LOG_IN = f"{AUTH}/auth/webauthn/login"
MAKE = """async (options) => (await navigator.credentials.create({
  publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey)})).toJSON()"""
SHOW = """async (options) => (await navigator.credentials.get({
  publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey)})).toJSON()"""


@pytest.fixture
def ada(stack) -> Client:
    """Ada, whose address is confirmed: allauth lets nobody else set up a second factor."""
    from allauth.account.models import EmailAddress

    client = Client(stack.run_api(BANYAN_PASSKEY_DOMAIN="localhost").url).sign_up("ada")
    EmailAddress.objects.filter(user__username="ada").update(verified=True)
    return client


@pytest.fixture
def page(ada, tab) -> Page:
    """A page of this API's origin, in a browser that holds passkeys."""
    tab.goto(f"{ada.url.replace('127.0.0.1', 'localhost')}/docs")
    session = tab.context.new_cdp_session(tab)
    session.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    touch = {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": kind | touch})
    return tab


def make_passkey(client: Client, page: Page) -> Response:
    """Set a passkey up, after showing the password once more."""
    again = client.call("POST", f"{AUTH}/auth/reauthenticate", {"password": PASSWORD})
    assert again.status == 200, again
    offered = client.call("GET", f"{KEYS}?passwordless")
    assert offered.status == 200, offered
    made = page.evaluate(MAKE, offered.body["data"]["creation_options"])
    return client.call("POST", KEYS, {"name": "Phone", "credential": made})


def show_passkey(client: Client, page: Page, path: str) -> dict[str, Any]:
    """Begin, and return what the browser shows; the half-done log-in is the client's from then on."""
    asked = client.call("GET", path)
    assert asked.status == 200, asked
    client.token = asked.body.get("meta", {}).get("session_token", client.token)
    return {"credential": page.evaluate(SHOW, asked.body["data"]["request_options"])}


class TestPasskeys:
    def test_log_in_without_name_or_password(self, ada, page):
        assert make_passkey(ada, page).status == 200
        device = Client(ada.url)

        done = device.call("POST", LOG_IN, show_passkey(device, page, LOG_IN))

        assert (done.status, done.body["data"]["user"]["id"]) == (200, ada.id)
        device.token = done.body["meta"]["session_token"]
        assert device.call("GET", "/v1/me").status == 200

    def test_are_shown_once(self, ada, page):
        make_passkey(ada, page)
        device, thief = Client(ada.url), Client(ada.url)
        shown = show_passkey(device, page, LOG_IN)
        assert device.call("POST", LOG_IN, shown).status == 200

        thief.token = thief.call("GET", LOG_IN).body.get("meta", {}).get("session_token")

        assert thief.call("POST", LOG_IN, shown).status == 400

    def test_are_a_second_factor(self, ada, page):
        make_passkey(ada, page)
        device = Client(ada.url)
        half = device.call("POST", f"{AUTH}/auth/login", {"username": "ada", "password": PASSWORD})
        assert half.status == 401
        device.token = half.body["meta"]["session_token"]
        path = f"{AUTH}/auth/webauthn/authenticate"

        done = device.call("POST", path, show_passkey(device, page, path))

        assert (done.status, done.body["data"]["user"]["id"]) == (200, ada.id)

    def test_are_bound_to_the_domain_that_is_configured(self, ada, page):
        client = ada.call("POST", f"{AUTH}/auth/reauthenticate", {"password": PASSWORD})
        assert client.status == 200

        offered = ada.call("GET", f"{KEYS}?passwordless").body["data"]["creation_options"]

        assert offered["publicKey"]["rp"] == {"id": "localhost", "name": "Banyan"}
        assert "127.0.0.1" not in json.dumps(offered)

    def test_are_listed_and_taken_away(self, ada, page):
        made = make_passkey(ada, page).body["data"]

        listed = ada.call("GET", f"{AUTH}/account/authenticators").body["data"]
        gone = ada.call("DELETE", KEYS, {"authenticators": [made["id"]]})

        assert [each["name"] for each in listed if each["type"] == "webauthn"] == ["Phone"]
        assert gone.status == 200
        left = ada.call("GET", f"{AUTH}/account/authenticators").body["data"]
        assert [each for each in left if each["type"] == "webauthn"] == []
