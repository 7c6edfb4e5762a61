"""What was ended is over: codes and tokens alike, whatever ended it."""

from __future__ import annotations

import pytest
from allauth.idp.oidc.models import Token
from django.test import Client

from modules.accounts.models import Session, TokenFamily
from modules.accounts.services.account_status import request_deletion, restore_account, suspend_account
from modules.accounts.services.accounts import end_all_sessions, set_password, set_roles
from modules.accounts.services.principals import forget_kept
from modules.accounts.services.sessions import end_other_sessions, end_own_session, issue_session_token
from modules.accounts.services.token_families import REMEMBERED, forget_spent_tokens, withdraw_consent
from modules.kernel import clock
from tests.accounts.kit import (
    BACK,
    asking,
    consent,
    fetch,
    hidden,
    log_in,
    make_app,
    refresh,
    silently,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def app(make_account):
    return make_app(make_account("dora").id)


def status(token: str) -> int:
    """Return what another process answers, which has only Redis and the directory to ask."""
    forget_kept()
    return Client().get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def log_out_of(browser: Client, app, action: str, **sent: str):
    """Have an app log its user out, and give the user's answer."""
    asked = {"client_id": app.id, "post_logout_redirect_uri": "https://reader.example.org/bye", "state": "s"}
    page = browser.get("/identity/o/logout", asked | sent).content.decode()
    token = hidden(page, "csrfmiddlewaretoken")
    return browser.post("/identity/o/logout", asked | sent | {"action": action, "csrfmiddlewaretoken": token})


def close(user_id: int) -> None:
    request_deletion(user_id, confirm="ada", now=clock.now())


def end_session_in_list(user_id: int) -> None:
    [session] = Session.objects.filter(user_id=user_id)
    end_own_session(user_id, session.id)


def end_the_others(user_id: int) -> None:
    end_other_sessions(user_id, but=issue_session_token(user_id, now=clock.now()))


def suspend_and_restore(user_id: int) -> None:
    suspend_account(user_id, now=clock.now())
    restore_account(user_id)


ENDS = {
    "a new password": lambda user_id, app_id: set_password(user_id, "quite another one"),
    "log-out everywhere": lambda user_id, app_id: end_all_sessions(user_id),
    "a new role": lambda user_id, app_id: set_roles(user_id, ["operator"]),
    "suspension": lambda user_id, app_id: suspend_and_restore(user_id),
    "closing": lambda user_id, app_id: close(user_id),
    "withdrawn consent": withdraw_consent,
    "one session ended": lambda user_id, app_id: end_session_in_list(user_id),
    "other sessions ended": lambda user_id, app_id: end_the_others(user_id),
}


class TestCode:
    @pytest.mark.parametrize("end", ENDS)
    def test_is_worth_nothing_after(self, browser, app, ada, end):
        code = consent(browser, app)["code"]

        ENDS[end](ada.id, app.id)

        answer = fetch(app, code=code)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
        assert Token.objects.count() == 0

    def test_given_unseen_is_worth_nothing_either(self, browser, app, ada):
        fetch(app, code=consent(browser, app)["code"])
        code = silently(browser, app)["code"]

        set_password(ada.id, "quite another one")

        assert fetch(app, code=code).json()["error"] == "invalid_grant"

    def test_is_worth_nothing_after_the_browser_logs_out(self, browser, app):
        code = consent(browser, app)["code"]
        token = hidden(browser.get("/identity/login").content.decode(), "csrfmiddlewaretoken")

        browser.post("/identity/logout", {"csrfmiddlewaretoken": token})

        assert fetch(app, code=code).json()["error"] == "invalid_grant"

    def test_that_redis_alone_knows_is_worth_nothing(self, browser, app):
        """Who can write to the cache cannot make codes."""
        code = consent(browser, app)["code"]
        Token.objects.filter(type="ac").delete()

        assert fetch(app, code=code).json()["error"] == "invalid_grant"

    def test_of_another_app_lives_on(self, browser, app, ada):
        code = consent(browser, app)["code"]
        other = make_app(ada.id, name="Other")
        fetch(other, code=consent(browser, other)["code"])

        withdraw_consent(ada.id, other.id)

        assert fetch(app, code=code).status_code == 200

    def test_is_not_given_when_the_session_ended_under_the_page(self, browser, app, ada):
        page = browser.get(asking(app)).content.decode()
        body = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "request")}
        set_password(ada.id, "quite another one")

        answer = browser.post("/identity/o/authorize", body | {"scopes": ["openid"], "action": "grant"})

        assert answer["Location"].startswith("/identity/login")
        assert TokenFamily.objects.count() == 0


class TestTokens:
    @pytest.mark.parametrize("end", ENDS)
    def test_are_dead_at_once_after(self, browser, app, ada, end):
        given = fetch(app, code=consent(browser, app)["code"]).json()
        assert status(given["access_token"]) == 200

        ENDS[end](ada.id, app.id)

        assert status(given["access_token"]) == 401
        assert refresh(app, given["refresh_token"]).json()["error"] == "invalid_grant"

    def test_survive_a_log_in_anew_in_the_same_browser(self, browser, app):
        given = fetch(app, code=consent(browser, app)["code"]).json()

        log_in(browser)

        assert status(given["access_token"]) == 200

    def test_outlive_the_time_of_a_session(self, browser, app):
        given = fetch(app, code=consent(browser, app)["code"]).json()
        Session.objects.update(expires_at=clock.now())

        Session.objects.all().delete()

        assert refresh(app, given["refresh_token"]).status_code == 200

    def test_of_an_app_whose_owner_is_suspended_are_worth_nothing(self, browser, app, ada, make_account):
        given = fetch(app, code=consent(browser, app)["code"]).json()
        code = consent(browser, app)["code"]
        bearer = {"Authorization": f"Bearer {given['access_token']}"}
        suspend_account(app_owner(app), now=clock.now())

        assert Client().get("/identity/o/api/userinfo", headers=bearer).status_code == 401
        assert fetch(app, code=code).json()["error"] == "invalid_client"
        assert refresh(app, given["refresh_token"]).json()["error"] == "invalid_client"
        assert browser.get(asking(app)).status_code == 400


def app_owner(app) -> int:
    from allauth.idp.oidc.models import Client as AppRow

    return int(AppRow.objects.get(id=app.id).owner_id)


class TestLogOutOfAnApp:
    @pytest.mark.parametrize("action", ["logout", "stay"])
    def test_ends_what_the_app_holds_and_leads_back_to_it(self, browser, app, action):
        given = fetch(app, code=consent(browser, app)["code"]).json()
        code = consent(browser, app)["code"]
        assert status(given["access_token"]) == 200

        answer = log_out_of(browser, app, action, id_token_hint=given["id_token"])

        assert (answer.status_code, answer["Location"]) == (302, "https://reader.example.org/bye?state=s")
        assert status(given["access_token"]) == 401
        assert refresh(app, given["refresh_token"]).json()["error"] == "invalid_grant"
        assert fetch(app, code=code).json()["error"] == "invalid_grant"
        assert browser.get(asking(app)).status_code == (200 if action == "stay" else 302)

    def test_leaves_other_apps_alone_when_the_user_stays(self, browser, app, ada):
        other = make_app(ada.id, name="Other")
        given = fetch(other, code=consent(browser, other)["code"]).json()

        log_out_of(browser, app, "stay")

        assert status(given["access_token"]) == 200

    def test_leads_nowhere_that_is_not_registered(self, browser, app):
        for uri in (
            "https://evil.example/bye",
            "http://[",
            "http://reader.example.org:x/",
            "javascript:1",
            BACK,
        ):
            answer = browser.get("/identity/o/logout", {"client_id": app.id, "post_logout_redirect_uri": uri})

            assert ("Location" in answer, answer.status_code) == (False, 200 if uri == BACK else 400), uri

    def test_leads_to_what_is_registered_for_it_alone(self, browser, make_account):
        bye = "https://reader.example.org/bye"
        app = make_app(make_account("eve").id, post_logout_redirect_uris=[bye])
        assert app.post_logout_redirect_uris == [bye]

        statuses = {
            uri: browser.get(
                "/identity/o/logout", {"client_id": app.id, "post_logout_redirect_uri": uri}
            ).status_code
            for uri in (bye, f"{bye}?x=1", "https://reader.example.org/other")
        }

        assert list(statuses.values()) == [200, 400, 400]
        assert log_out_of(browser, app, "logout")["Location"] == f"{bye}?state=s"


class TestForgetSpentTokens:
    def test_forgets_consents_of_which_nothing_lives(self, browser, app):
        consent(browser, app)
        later = clock.now() + REMEMBERED

        forget_spent_tokens(now=clock.now())
        kept = TokenFamily.objects.count()
        forget_spent_tokens(now=later)

        assert (kept, TokenFamily.objects.count()) == (1, 0)
