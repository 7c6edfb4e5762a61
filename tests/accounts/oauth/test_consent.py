"""What a user is asked for an app, what they say, and what they take back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client as AppRow
from django.test import Client

from modules.accounts.models import TokenFamily
from modules.accounts.services.token_families import withdraw_consent
from modules.kernel import clock
from tests.accounts.kit import BACK, SCOPES, asking, fetch, hidden, log_in, make_app, me, silently
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db


class TestAuthorize:
    @pytest.mark.parametrize(
        "uri",
        [
            BACK + "/more",
            BACK + "?extra=1",
            BACK + "#x",
            BACK.replace("https", "http"),
            BACK.upper(),
            BACK.replace("/back", "/%62ack"),
            "https://reader.example.org@evil.example/back",
            "https://evil.example/back",
            "http://127.0.0.1:9/other",
            "http://localhost/back",
            "javascript:alert(1)",
            "",
        ],
    )
    def test_never_sends_the_user_to_an_address_that_is_not_registered(self, browser, app, uri):
        answer = browser.get(asking(app, redirect_uri=uri))

        assert (answer.status_code, "Location" in answer) == (400, False)
        assert 'role="alert"' in answer.content.decode()

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"code_challenge": None}, "invalid_request"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"code_challenge_method": None}, "invalid_request"),
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"scope": "openid read:graph"}, "invalid_scope"),
            ({"scope": "first_party"}, "invalid_scope"),
        ],
    )
    def test_tells_the_app_what_it_did_wrong(self, browser, app, change, error):
        answer = browser.get(asking(app, **change))

        assert answer.status_code == 302
        assert answer["Location"].startswith(BACK)
        assert f"error={error}" in answer["Location"]

    @pytest.mark.parametrize("change", [{"client_id": "nobody"}, {"client_id": "\0"}, {"redirect_uri": "\0"}])
    def test_shows_what_cannot_be_told_to_an_app(self, browser, app, change):
        assert browser.get(asking(app, **change)).status_code == 400

    def test_takes_no_consent_that_the_user_did_not_give(self, browser, app):
        page = browser.get(asking(app)).content.decode()
        body = {"request": hidden(page, "request"), "scopes": SCOPES.split(), "action": "grant"}

        assert browser.post("/identity/o/authorize", body).status_code == 403


class TestSilentConsent:
    """What a user gave to one app is nothing to another, nor more than was given to that one."""

    def test_is_not_lent_to_another_app(self, tokens, browser, ada):
        other = make_app(ada.id, name="Other")

        assert silently(browser, other)["error"] == "consent_required"
        assert silently(browser, other, scope="openid")["error"] == "consent_required"

    def test_does_not_widen(self, tokens, browser, app):
        assert silently(browser, app, scope=f"{SCOPES} email")["error"] == "consent_required"

    def test_ends_with_what_was_granted(self, tokens, browser, app, ada):
        withdraw_consent(ada.id, app.id)

        assert silently(browser, app)["error"] == "consent_required"

    def test_is_nobody_elses(self, tokens, app, make_account):
        make_account("ben", email="ben@example.org", password=PASSWORD)
        browser = Client(enforce_csrf_checks=True)
        log_in(browser, login="ben")

        assert silently(browser, app)["error"] == "consent_required"

    def test_tells_a_stranger_to_log_in(self, app):
        assert silently(Client(), app)["error"] == "login_required"

    def test_names_a_scope_that_is_none(self, browser, app):
        assert silently(browser, app, scope="openid bogus")["error"] == "invalid_scope"


class TestGrants:
    def test_are_listed_and_withdrawn(self, http, browser, app, tokens, ada):
        from modules.accounts.services.sessions import issue_session_token

        session = issue_session_token(ada.id, now=clock.now())
        [listed] = http("GET", "/v1/me/apps", X_Session_Token=session).body["data"]
        assert (listed["id"], listed["name"]) == (app.id, "Reader")
        assert listed["scopes"] == sorted(SCOPES.split())

        assert http("DELETE", f"/v1/me/apps/{app.id}", X_Session_Token=session).status == 204

        assert me(tokens["access_token"]) == 401
        assert http("GET", "/v1/me/apps", X_Session_Token=session).body["data"] == []
        assert http("DELETE", f"/v1/me/apps/{app.id}", X_Session_Token=session).status == 404
        assert TokenFamily.objects.count() == 0
        assert AppRow.objects.count() == 1


class TestChosenAddress:
    """The address that a user picks on the consent page is the one that an app hears, unseen as well."""

    SCOPES = "openid email"

    @pytest.fixture
    def chosen(self, ada) -> EmailAddress:
        return EmailAddress.objects.create(user_id=ada.id, email="second@example.org", verified=True)

    @pytest.fixture
    def chooser(self, browser, app, chosen):
        page = browser.get(asking(app, scope=self.SCOPES)).content.decode()
        body = {
            "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
            "request": hidden(page, "request"),
            "scopes": self.SCOPES.split(),
            "email": chosen.email,
            "action": "grant",
        }
        location = browser.post("/identity/o/authorize", body)["Location"]
        assert fetch(app, code=parse_qs(urlsplit(location).query)["code"][0]).status_code == 200
        return browser

    def test_stays_chosen(self, chooser, app):
        code = silently(chooser, app, scope=self.SCOPES)["code"]
        token = fetch(app, code=code).json()["access_token"]
        who = Client().get("/identity/o/api/userinfo", headers={"Authorization": f"Bearer {token}"})

        assert who.json()["email"] == "second@example.org"

    def test_is_asked_for_anew_when_it_is_given_up(self, chooser, app, chosen):
        chosen.delete()

        assert silently(chooser, app, scope=self.SCOPES)["error"] == "consent_required"
