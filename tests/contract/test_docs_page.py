"""The page of the contract in a real browser: authorize once, try a call, see its answer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from modules.accounts.public import create_account, issue_session_token
from modules.kernel import clock
from tests.kit.client import PASSWORD, Client


@pytest.fixture
def url(db, stack) -> str:
    return str(stack.run_api().url)


@pytest.fixture
def token(db) -> str:
    person = create_account(username="ann", email=None, password=None, now=clock.now())
    return issue_session_token(person.id, now=clock.now())


def open_docs(page: Page, url: str) -> list[str]:
    """Open the page at profiles, and return the list to which whatever it complains of is added."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    # All groups are closed but the one that the address names.
    page.goto(f"{url}/docs#/profiles")
    expect(page.locator("#operations-profiles-get_me")).to_be_visible()
    return complaints


def authorize(page: Page, token: str) -> None:
    """Give the page a session token."""
    page.get_by_role("button", name="Authorize", exact=True).click()
    scheme = page.locator(".auth-container", has_text="sessionToken")
    scheme.locator("input").fill(token)
    scheme.get_by_role("button", name="Apply credentials").click()
    page.locator(".modal-ux .btn-done").first.click()


def try_me(page: Page) -> str:
    """Call `GET /v1/me` on the page and return the status that it shows."""
    operation = page.locator("#operations-profiles-get_me")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()
    shown: str = operation.locator(".live-responses-table .response-col_status").last.inner_text().split()[0]
    return shown


class TestDocsPage:
    def test_shows_the_refusal_of_an_anonymous_call(self, url, browser):
        page = browser.new_page()
        open_docs(page, url)

        assert try_me(page) == "401"

    def test_tries_a_call_with_a_session_token_and_shows_its_answer(self, url, token, browser):
        page = browser.new_page()
        complaints = open_docs(page, url)

        authorize(page, token)

        assert try_me(page) == "200"
        expect(page.locator("#operations-profiles-get_me .live-responses-table")).to_contain_text('"ann"')
        assert complaints == []

    def test_remembers_the_token_when_it_is_opened_again(self, url, token, browser):
        page = browser.new_page()
        open_docs(page, url)
        authorize(page, token)

        page.reload()

        assert try_me(page) == "200"

    def test_tries_a_call_as_an_app_that_the_user_lets_in(self, url, browser):
        ada = Client(url).sign_up("ada")
        app = {
            "name": "Docs",
            "type": "public",
            "redirect_uris": [f"{url}/docs/oauth2-redirect.html"],
            "scopes": ["read:profiles"],
            "grant_types": ["authorization_code"],
        }
        client_id = ada.call("POST", "/v1/apps", app).body["id"]
        page = browser.new_page()
        open_docs(page, url)
        page.get_by_role("button", name="Authorize", exact=True).click()
        scheme = page.locator(".auth-container", has_text="authorizationCode")
        scheme.locator("#client_id_authorizationCode").fill(client_id)
        scheme.locator("label[for^='read:profiles-']").first.click()

        with page.expect_popup() as opened:
            scheme.locator("button.authorize").click()
        popup = opened.value
        popup.get_by_label("Username or email").fill("ada")
        popup.get_by_label("Password").fill(PASSWORD)
        popup.keyboard.press("Enter")
        with popup.expect_event("close"):
            popup.get_by_role("button", name="Allow").click()
        page.locator(".modal-ux .btn-done").first.click()

        assert try_me(page) == "200"

    def test_asks_for_a_code_with_proof_and_to_be_sent_back_to_a_page_of_its_own(self, url, browser):
        page = browser.new_page()
        open_docs(page, url)
        page.get_by_role("button", name="Authorize", exact=True).click()
        scheme = page.locator(".auth-container", has_text="authorizationCode")
        scheme.locator("#client_id_authorizationCode").fill("docs-app")

        with page.expect_popup() as opened:
            scheme.locator("button.authorize").click()

        asked = opened.value.url
        assert asked.startswith(f"{url}/identity/o/authorize?response_type=code&client_id=docs-app")
        assert "code_challenge_method=S256" in asked
        assert (
            f"redirect_uri={url.replace(':', '%3A').replace('/', '%2F')}%2Fdocs%2Foauth2-redirect.html"
            in asked
        )
