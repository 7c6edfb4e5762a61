"""OAuth and OpenID Connect by a client that others wrote (Authlib), and its pages in a real browser."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from authlib.integrations.base_client import OAuthError
from joserfc import jwt
from joserfc.jwk import KeySet
from playwright.sync_api import Page, expect

from modules.accounts.models import SpentToken, User
from modules.kernel import clock
from tests.contract.third_party import BACK, SCOPE, App, agree, log_in, register
from tests.kit.client import Client
from tests.kit.machines import until
from tests.kit.totp import code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(stack) -> Client:
    return Client(stack.run_api().url).sign_up("ada")


@pytest.fixture
def app(ada) -> Iterator[App]:
    app = App(ada.url, register(ada))
    yield app
    app.client.close()


class TestAuthlib:
    def test_dances_to_the_end(self, ada, app):
        tokens = app.fetch(agree(app.ask()))

        assert (app.status(), set(tokens["scope"].split())) == (200, set(SCOPE.split()))
        keys = KeySet.import_key_set(httpx.get(app.metadata["jwks_uri"]).json())
        claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
        assert (claims["iss"], claims["aud"], claims["nonce"]) == (
            app.metadata["issuer"],
            app.registered["id"],
            "n-1",
        )
        assert claims["sub"] == ada.id

    def test_dances_without_a_secret(self, ada):
        changes = {"type": "public", "grant_types": ["authorization_code", "refresh_token"]}
        app = App(ada.url, register(ada, **changes))

        tokens = app.fetch(agree(app.ask()))

        assert (app.status(), app.registered["secret"]) == (200, None)
        app.refresh(tokens["refresh_token"])
        assert app.status() == 200
        app.client.close()

    def test_refreshes_and_a_late_second_use_of_an_old_token_ends_the_family(self, app):
        first = app.fetch(agree(app.ask()))
        second = app.refresh(first["refresh_token"])
        assert app.refresh(first["refresh_token"])["access_token"] == second["access_token"]
        third = app.refresh(second["refresh_token"])
        assert app.refresh(first["refresh_token"])["access_token"] == third["access_token"]
        assert app.status(third["access_token"]) == 200

        SpentToken.objects.update(answer_until=clock.now())
        with pytest.raises(OAuthError, match="invalid_grant"):
            app.refresh(first["refresh_token"])

        until(lambda: app.status(third["access_token"]) == 401, within=5)
        with pytest.raises(OAuthError, match="invalid_grant"):
            app.refresh(third["refresh_token"])

    def test_is_refused_with_a_wrong_verifier_and_welcome_with_the_right_one(self, app):
        back = agree(app.ask())

        with pytest.raises(OAuthError, match="invalid_grant"):
            app.fetch(back, code_verifier=secrets.token_urlsafe(48))

        assert "access_token" in app.fetch(back)

    def test_is_refused_with_a_code_that_was_used(self, app):
        back = agree(app.ask())
        tokens = app.fetch(back)

        with pytest.raises(OAuthError, match="invalid_grant"):
            app.fetch(back)

        until(lambda: app.status(tokens["access_token"]) == 401, within=5)

    def test_gets_a_token_for_itself(self, app):
        token = app.client.fetch_token(
            app.metadata["token_endpoint"], grant_type="client_credentials", scope="read:profiles"
        )

        assert token["token_type"].lower() == "bearer"
        # It acts for no user.
        assert app.status() == 403

    def test_revokes(self, app):
        tokens = app.fetch(agree(app.ask()))
        assert app.status() == 200

        app.client.revoke_token(app.metadata["revocation_endpoint"], token=tokens["access_token"])

        until(lambda: app.status(tokens["access_token"]) == 401, within=5)


@pytest.fixture
def page(tab) -> Page:
    return tab


@pytest.fixture
def secret(ada) -> str:
    """Give Ada an authenticator app, and return its secret."""
    from allauth.mfa.totp.internal.auth import TOTP

    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    TOTP.activate(User.objects.get(username="ada"), secret)
    return secret


def arrive(page: Page) -> str:
    """Choose to let the app in and return the address to which the browser was sent."""
    with page.expect_request(lambda request: request.url.startswith(BACK)) as sent:
        page.get_by_role("button", name="Allow").click()
    return str(sent.value.url)


class TestPages:
    def test_lead_from_log_in_by_consent_to_the_app(self, app, page):
        page.goto(app.ask())
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
        log_in(page)

        expect(
            page.get_by_role("heading", name="Allow Forest reader to access your account?")
        ).to_be_visible()
        expect(page.get_by_role("group", name="What it may do")).to_be_visible()
        back = arrive(page)

        app.fetch(back)
        assert app.status() == 200

    def test_grant_no_more_than_is_chosen(self, app, page):
        page.goto(app.ask())
        log_in(page)
        boxes = page.get_by_role("checkbox")
        expect(boxes).not_to_have_count(0)
        for box in boxes.all():
            box.set_checked("read:profiles" in (box.get_attribute("value") or ""))

        tokens = app.fetch(arrive(page))

        assert "write:posts" not in tokens["scope"].split()
        assert app.status() == 200

    def test_lead_to_the_app_again_when_it_was_let_in_before(self, app, page):
        app.fetch(agree(app.ask()))
        page.goto(app.ask())

        log_in(page)

        app.fetch(arrive(page))
        assert app.status() == 200

    def test_say_that_name_and_password_do_not_fit(self, app, page):
        page.goto(app.ask())
        page.get_by_label("Username or email").fill("ada")
        page.get_by_label("Password").fill("not her password")
        page.get_by_role("button", name="Log in").click()

        expect(page.get_by_role("alert")).to_contain_text("Wrong username or password.")
        expect(page.get_by_label("Username or email")).to_have_value("ada")

    def test_ask_for_the_second_factor(self, app, secret, page):
        page.goto(app.ask())
        log_in(page)
        expect(page.get_by_role("heading", name="Enter a code")).to_be_visible()
        page.get_by_label("Code").fill("000000")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()

        page.get_by_label("Code").fill(code_of(secret))
        page.keyboard.press("Enter")

        app.fetch(arrive(page))
        assert app.status() == 200

    def test_send_the_app_a_no(self, app, page):
        page.goto(app.ask())
        log_in(page)

        with page.expect_request(lambda request: request.url.startswith(BACK)) as sent:
            page.get_by_role("button", name="Cancel").click()

        assert parse_qs(urlsplit(sent.value.url).query)["error"] == ["access_denied"]

    def test_show_what_is_wrong_and_send_nobody_anywhere(self, app, page):
        asked = urlsplit(app.ask())
        query = parse_qs(asked.query) | {"redirect_uri": ["https://evil.example/back"]}

        answer = page.goto(asked._replace(query=urlencode(query, doseq=True)).geturl())

        assert answer is not None
        assert answer.status == 400
        assert urlsplit(page.url).path == "/identity/o/authorize"

    def test_need_no_script_and_complain_of_nothing(self, app, browser):
        complaints: list[str] = []
        with browser.new_context(java_script_enabled=False) as profile:
            page = profile.new_page()
            page.on("console", lambda said: complaints.append(said.text))
            page.goto(app.ask())
            log_in(page)
            back = arrive(page)

        app.fetch(back)
        assert app.status() == 200
        assert [said for said in complaints if "127.0.0.1:9" not in said] == []
