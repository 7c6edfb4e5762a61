"""Every form of the hosted pages, in a real browser, to every way out."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import BrowserContext, Page, expect

from modules.accounts.models import User
from tests.contract.front_ends import FrontEnd
from tests.contract.third_party import register
from tests.kit.client import PASSWORD, Client
from tests.kit.totp import code_of

pytestmark = pytest.mark.django_db

OWN_SCHEME = "com.example.app:/cb"
# Registered, asked for: nothing has to listen, for it is seen where the browser is sent.
# An app that asks this is told after the log-in that it cannot be.
SOMEBODY_ELSE = '{"id_token": {"sub": {"value": "1"}}}'
WAYS_BACK = {
    "a scheme of its own": (OWN_SCHEME, OWN_SCHEME),
    "this device": ("http://127.0.0.1/cb", "http://127.0.0.1:9/cb"),
    "this device in IPv6": ("http://[::1]/cb", "http://[::1]:9/cb"),
    "this device by name": ("http://localhost:9/cb", "http://localhost:9/cb"),
    "a site": ("https://app.test:9/cb", "https://app.test:9/cb"),
}


@pytest.fixture(scope="module")
def url(machines_of_module) -> str:
    return str(machines_of_module.run_api().url)


@pytest.fixture(scope="module")
def strict(machines_of_module) -> str:
    """The same service, where an address must be confirmed first."""
    return str(machines_of_module.run_api(BANYAN_EMAIL_VERIFICATION="mandatory").url)


@pytest.fixture
def ada(url) -> Client:
    return Client(url).sign_up("ada")


@pytest.fixture
def secret(ada) -> str:
    """Give Ada an authenticator app, and return its secret."""
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    TOTP.activate(User.objects.get(username="ada"), secret)
    return secret


@pytest.fixture
def back(front_end: FrontEnd) -> str:
    """Where an app of another origin is listening."""
    return f"{front_end.at('127.0.0.1')}/cb"


@pytest.fixture
def app(ada, back) -> dict[str, Any]:
    return register(ada, redirect_uris=[back, OWN_SCHEME])


def ask(url: str, app: dict[str, Any], back: str, **changes: str) -> str:
    """Return the address to which an app sends its user."""
    sent = {
        "client_id": app["id"],
        "redirect_uri": back,
        "response_type": "code",
        "scope": "openid read:profiles",
        "state": "s-1",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    return f"{url}/identity/o/authorize?{urlencode(sent | changes)}"


def log_in(tab: Page) -> None:
    tab.get_by_label("Username or email").fill("ada")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Log in").click()


def press(tab: Page, name: str) -> Callable[[], None]:
    return lambda: tab.get_by_role("button", name=name).click()


def follow(tab: Page, back: str, act: Callable[[], None]) -> dict[str, str]:
    """Do something and return what the app is told where the browser is sent by it."""
    with tab.expect_request(lambda request: request.url.startswith(back)) as sent:
        act()
    return {name: values[0] for name, values in parse_qs(urlsplit(sent.value.url).query).items()}


def spoil_token(profile: BrowserContext, url: str) -> None:
    """Give the browser another token than that of the page which it shows."""
    profile.add_cookies([{"name": "csrf", "value": "a" * 32, "url": url}])


class TestLogIn:
    @pytest.mark.parametrize("way", WAYS_BACK)
    def test_leads_to_the_app_that_wants_somebody_else(self, url, ada, tab, way):
        registered, back = WAYS_BACK[way]
        app = register(ada, redirect_uris=[registered])
        tab.goto(ask(url, app, back, claims=SOMEBODY_ELSE))

        said = follow(tab, back, lambda: log_in(tab))

        assert (said["error"], said["state"]) == ("login_required", "s-1")

    @pytest.mark.parametrize("way", ["a scheme of its own", "this device"])
    def test_leads_by_the_second_factor_to_the_app(self, url, ada, secret, tab, way):
        registered, back = WAYS_BACK[way]
        app = register(ada, redirect_uris=[registered])
        tab.goto(ask(url, app, back, claims=SOMEBODY_ELSE))
        log_in(tab)
        tab.get_by_label("Code").fill(code_of(secret))

        said = follow(tab, back, press(tab, "Continue"))

        assert (said["error"], said["state"]) == ("login_required", "s-1")

    def test_leads_to_the_app_when_it_is_asked_of_somebody_who_is_logged_in(self, url, app, back, tab):
        tab.goto(f"{url}/identity/login")
        log_in(tab)
        expect(tab.get_by_role("heading", name="You are logged in")).to_be_visible()
        tab.goto(ask(url, app, back, claims=SOMEBODY_ELSE, prompt="login"))

        said = follow(tab, back, lambda: log_in(tab))

        assert said["error"] == "login_required"
        expect(tab.get_by_role("heading", name="An app of somebody else")).to_be_visible()

    def test_lets_its_form_lead_nowhere_else(self, url, ada, app, tab):
        other = register(ada, redirect_uris=["https://other.test/cb"])
        answer = tab.goto(ask(url, other, "https://other.test/cb"))
        assert answer is not None

        policy = answer.headers["content-security-policy"]

        assert "form-action 'self' https://other.test;" in policy

    def test_is_shown_anew_when_it_is_too_old(self, url, app, back, tab, profile):
        tab.goto(ask(url, app, back))
        spoil_token(profile, url)

        log_in(tab)

        expect(tab.get_by_role("alert")).to_contain_text("too old")
        log_in(tab)
        assert "code" in follow(tab, back, press(tab, "Allow"))

    def test_can_be_sent_again_from_the_page_before(self, url, app, back, tab):
        tab.goto(ask(url, app, back))
        log_in(tab)
        expect(tab.get_by_role("button", name="Allow")).to_be_visible()

        tab.go_back()
        log_in(tab)
        expect(tab.get_by_role("alert").or_(tab.get_by_role("button", name="Allow"))).to_be_visible()
        if tab.get_by_role("alert").is_visible():
            log_in(tab)

        assert "code" in follow(tab, back, press(tab, "Allow"))

    def test_can_be_sent_twice_at_once(self, url, app, back, tab):
        tab.goto(ask(url, app, back))
        tab.get_by_label("Username or email").fill("ada")
        tab.get_by_label("Password").fill(PASSWORD)

        tab.get_by_role("button", name="Log in").dblclick()

        assert "code" in follow(tab, back, press(tab, "Allow"))

    def test_tells_who_takes_no_cookies(self, url, app, back, tab, profile):
        tab.goto(ask(url, app, back))
        profile.clear_cookies()

        log_in(tab)

        expect(tab.get_by_role("alert")).to_contain_text("sent no cookie")
        expect(tab.get_by_role("button", name="Log in")).to_be_visible()

    def test_ends_where_it_is_ended(self, url, ada, tab):
        tab.goto(f"{url}/identity/login")
        log_in(tab)

        press(tab, "Log out")()

        expect(tab.get_by_role("button", name="Log in")).to_be_visible()

    def test_is_ended_by_a_page_that_is_too_old_at_the_second_try(self, url, ada, tab, profile):
        tab.goto(f"{url}/identity/login")
        log_in(tab)
        expect(tab.get_by_role("heading", name="You are logged in")).to_be_visible()
        spoil_token(profile, url)

        press(tab, "Log out")()
        expect(tab.get_by_role("alert")).to_contain_text("too old")
        press(tab, "Log out")()

        expect(tab.get_by_role("button", name="Log in")).to_be_visible()


class TestSecondFactor:
    def test_is_shown_anew_when_it_is_too_old(self, url, app, back, secret, tab, profile):
        tab.goto(ask(url, app, back))
        log_in(tab)
        tab.get_by_label("Code").fill(code_of(secret))
        spoil_token(profile, url)

        press(tab, "Continue")()
        expect(tab.get_by_role("alert")).to_contain_text("too old")
        tab.get_by_label("Code").fill(code_of(secret))
        press(tab, "Continue")()

        assert "code" in follow(tab, back, press(tab, "Allow"))

    def test_leads_on_from_the_page_before(self, url, app, back, secret, tab):
        tab.goto(ask(url, app, back))
        log_in(tab)
        tab.get_by_label("Code").fill(code_of(secret))
        press(tab, "Continue")()
        expect(tab.get_by_role("button", name="Allow")).to_be_visible()

        tab.go_back()

        assert "code" in follow(tab, back, press(tab, "Allow"))


class TestConsent:
    @pytest.mark.parametrize("way", ["a scheme of its own", "this device in IPv6", "a site"])
    def test_leads_to_the_app_with_a_yes_and_with_a_no(self, url, ada, tab, profile, way):
        registered, back = WAYS_BACK[way]
        app = register(ada, redirect_uris=[registered])
        tab.goto(ask(url, app, back))
        log_in(tab)
        expect(tab.get_by_role("button", name="Cancel")).to_be_visible()

        refused = follow(tab, back, press(tab, "Cancel"))
        other = profile.new_page()
        other.goto(ask(url, app, back, prompt="consent"))
        agreed = follow(other, back, press(other, "Allow"))

        assert refused == {"error": "access_denied", "state": "s-1"}
        assert (set(agreed), agreed["state"]) == ({"code", "state"}, "s-1")

    def test_leads_there_after_nothing_was_chosen_at_first(self, url, app, back, tab):
        tab.goto(ask(url, app, back))
        log_in(tab)
        expect(tab.get_by_role("checkbox")).to_have_count(2)
        for box in tab.get_by_role("checkbox").all():
            box.uncheck()
        press(tab, "Allow")()
        expect(tab.get_by_role("alert")).to_contain_text("at least one")
        tab.get_by_role("checkbox").first.check()

        assert "code" in follow(tab, back, press(tab, "Allow"))

    @pytest.mark.parametrize(("button", "said"), [("Allow", "code"), ("Cancel", "error")])
    def test_is_shown_anew_when_it_is_too_old(self, url, app, back, tab, profile, button, said):
        tab.goto(ask(url, app, back))
        log_in(tab)
        expect(tab.get_by_role("button", name=button)).to_be_visible()
        spoil_token(profile, url)

        press(tab, button)()

        expect(tab.get_by_role("alert")).to_contain_text("too old")
        assert said in follow(tab, back, press(tab, button))

    def test_asks_who_is_logged_out_meanwhile_to_log_in_and_goes_on(self, url, app, back, tab, profile):
        tab.goto(ask(url, app, back))
        log_in(tab)
        expect(tab.get_by_role("button", name="Allow")).to_be_visible()
        profile.clear_cookies()

        press(tab, "Allow")()
        log_in(tab)

        assert follow(tab, back, press(tab, "Allow"))["state"] == "s-1"

    def test_can_be_given_twice_at_once(self, url, app, back, tab):
        tab.goto(ask(url, app, back))
        log_in(tab)
        expect(tab.get_by_role("button", name="Allow")).to_be_visible()

        tab.get_by_role("button", name="Allow").dblclick()

        expect(tab.get_by_role("heading", name="An app of somebody else")).to_be_visible()

    def test_tells_on_a_page_that_a_form_is_not_ours(self, url, app, back, tab):
        tab.goto(ask(url, app, back))
        log_in(tab)
        tab.locator("input[name=request]").evaluate("field => field.value = 'forged'")

        press(tab, "Allow")()

        expect(tab.get_by_role("alert")).to_contain_text("not ours")


class TestLogOut:
    @pytest.fixture
    def inside(self, url, app, tab) -> Page:
        """A tab of somebody who is logged in."""
        tab.goto(f"{url}/identity/login")
        log_in(tab)
        expect(tab.get_by_role("heading", name="You are logged in")).to_be_visible()
        return tab

    def leave(self, url: str, **sent: str) -> str:
        return f"{url}/identity/o/logout?{urlencode(sent)}"

    @pytest.mark.parametrize(
        ("button", "heading"), [("Log out", "Log in"), ("Stay logged in", "You are logged in")]
    )
    def test_does_what_was_chosen(self, url, inside, button, heading):
        inside.goto(self.leave(url))

        press(inside, button)()

        expect(inside.get_by_role("heading", name=heading, exact=True)).to_be_visible()

    @pytest.mark.parametrize("button", ["Log out", "Stay logged in"])
    @pytest.mark.parametrize("is_site", [True, False], ids=["site", "scheme"])
    def test_leads_back_to_the_app(self, url, app, back, inside, button, is_site):
        out = back if is_site else "com.example.app:/out"
        sent = {"client_id": app["id"], "post_logout_redirect_uri": out, "state": "s-2"}
        inside.goto(self.leave(url, **sent))

        assert follow(inside, out, press(inside, button)) == {"state": "s-2"}

        inside.goto(f"{url}/identity/login")
        expect(inside.get_by_role("button", name="Log in")).to_have_count(int(button == "Log out"))

    def test_is_asked_anew_when_it_is_too_old(self, url, app, back, inside, profile):
        inside.goto(self.leave(url, client_id=app["id"], post_logout_redirect_uri=back))
        spoil_token(profile, url)

        press(inside, "Log out")()

        expect(inside.get_by_role("alert")).to_contain_text("too old")
        assert follow(inside, back, press(inside, "Log out")) == {}

    def test_asks_whom_an_app_sends_by_a_form_of_its_own(self, url, app, back, inside):
        fields = f'<input name="client_id" value="{app["id"]}"><input name="action" value="logout">'
        inside.goto(back)
        inside.set_content(f'<form method="post" action="{url}/identity/o/logout">{fields}<button>Out')

        press(inside, "Out")()

        expect(inside.get_by_role("heading", name="Log out here as well?")).to_be_visible()
        expect(inside.get_by_role("alert")).to_have_count(0)


class TestUnverified:
    def test_leads_back_to_the_log_in_and_on_from_there(self, strict, ada, app, back, tab):
        tab.goto(ask(strict, app, back))
        log_in(tab)
        expect(tab.get_by_role("alert")).to_contain_text("Confirm your email address")
        EmailAddress.objects.filter(user__username="ada").update(verified=True)

        tab.get_by_role("link", name="Log in again").click()
        log_in(tab)

        assert "code" in follow(tab, back, press(tab, "Allow"))
