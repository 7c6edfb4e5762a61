"""An account that a stranger has prepared is, once its address is proven by a mail, its owner's alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client as OAuthClient
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from modules.accounts.models import ServiceKey, Session, TokenFamily, User
from modules.accounts.services.accounts import set_roles
from modules.accounts.services.principals import forget_kept
from modules.accounts.services.sessions import issue_session_token
from modules.kernel import clock
from modules.kernel.principals import OPERATOR
from modules.mail.models import Mail
from tests.accounts.allauth.provider import come, odd
from tests.accounts.kit import addresses_of, caller_of, log_in_by_app, make_app
from tests.kit.people import PASSWORD
from tests.kit.tokens import make_token

__all__ = ["odd"]  # a fixture

pytestmark = pytest.mark.django_db

A = "/auth/app/v1"
HERS = "vera@example.org"
NEW = "a password of vera"
OTHERS = "mallory@example.org"


@pytest.fixture
def prepared(http, sign_up) -> User:
    """An account under Vera's address that is entered by all ways, none of them hers."""
    sign_up("prepared", email=HERS)
    user = User.objects.get(username="prepared")
    SocialAccount.objects.create(user_id=user.id, provider="odd", uid="ada-there")
    EmailAddress.objects.create(user_id=user.id, email=OTHERS, verified=True)
    Authenticator.objects.create(user_id=user.id, type=Authenticator.Type.RECOVERY_CODES, data={"seed": ""})
    TokenFamily.objects.create(user_id=user.id, app_id="reader", created_at=clock.now())
    set_roles(user.id, [OPERATOR])
    Mail.objects.all().delete()
    return user


def code_to(http, email: str) -> tuple[str, dict[str, str]]:
    """Ask for a new password; return the code that is mailed, and the session in which it counts."""
    asked = http("POST", f"{A}/auth/password/request", {"email": email})
    [text] = Mail.objects.filter(to=email).order_by("-id").values_list("text", flat=True)[:1]
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", text, re.MULTILINE)
    return code[1] if code else "", {"X_Session_Token": asked.body["meta"]["session_token"]}


def reset(http, email: str = HERS, password: str = NEW) -> int:
    code, held = code_to(http, email)
    return int(http("POST", f"{A}/auth/password/reset", {"key": code, "password": password}, **held).status)


def status_of(http, key: str) -> int:
    forget_kept()
    return int(http("GET", "/v1/users/by/username/prepared", Authorization=f"Bearer {key}").status)


class TestReset:
    def test_by_an_unproven_address_leaves_one_address_and_no_other_way_in(self, prepared, http):
        assert reset(http) == 401

        assert addresses_of("prepared") == [(HERS, True, True)]
        for kind in (SocialAccount, Authenticator, TokenFamily):
            assert not kind.objects.filter(user_id=prepared.id).exists()
        prepared.refresh_from_db()
        assert (prepared.email, prepared.roles) == (HERS, [])
        assert log_in_by_app(http, NEW, email=HERS).status == 200
        assert log_in_by_app(http, PASSWORD, username="prepared").status == 400

    def test_ends_its_provider_and_whoever_comes_by_it_is_somebody_new(self, prepared, http, odd):
        reset(http)
        browser = Client()

        come(browser)

        assert browser.get("/v1/me").status_code == 401

    def test_ends_its_apps_their_keys_and_tokens_at_once(self, prepared, http):
        app = make_app(prepared.id)
        caller = caller_of(http, prepared.id)
        made = caller("POST", f"/v1/apps/{app.id}/keys", {"name": "k", "scopes": ["read:profiles"]})
        held = [made.body["key"], make_token(app.id, None, "read:profiles")]
        assert [status_of(http, key) for key in held] == [200, 200]

        reset(http)

        assert [status_of(http, key) for key in held] == [401, 401]
        assert (OAuthClient.objects.count(), ServiceKey.objects.count()) == (0, 0)

    def test_is_not_undone_by_another_address_that_was_verified(self, prepared, http):
        reset(http)

        code, _ = code_to(http, OTHERS)

        assert code == ""

    def test_tells_the_proven_address_alone(self, prepared, http):
        code, held = code_to(http, HERS)
        Mail.objects.all().delete()

        http("POST", f"{A}/auth/password/reset", {"key": code, "password": NEW}, **held)

        assert list(Mail.objects.values_list("to", flat=True)) == [HERS]

    def test_proves_nothing_by_a_code_that_is_only_looked_at(self, prepared, http):
        code, held = code_to(http, HERS)

        looked = http("GET", f"{A}/auth/password/reset", X_Password_Reset_Key=code, **held)

        assert looked.status == 200
        assert addresses_of("prepared") == [(HERS, False, True), (OTHERS, True, False)]
        done = http("POST", f"{A}/auth/password/reset", {"key": code, "password": NEW}, **held)
        assert (done.status, addresses_of("prepared")) == (401, [(HERS, True, True)])

    def test_by_a_proven_address_ends_none_of_it(self, prepared, http):
        app = make_app(prepared.id)
        EmailAddress.objects.filter(email=HERS).update(verified=True)

        assert reset(http) == 401

        assert addresses_of("prepared") == [(HERS, True, True), (OTHERS, True, False)]
        assert SocialAccount.objects.filter(user_id=prepared.id).count() == 1
        assert Authenticator.objects.filter(user_id=prepared.id).count() == 1
        assert User.objects.get(id=prepared.id).roles == [OPERATOR]
        assert OAuthClient.objects.filter(id=app.id).exists()

    def test_leaves_other_accounts_alone(self, prepared, http, ada):
        app = make_app(ada.id)
        SocialAccount.objects.create(user_id=ada.id, provider="odd", uid="another")

        reset(http)

        assert addresses_of("ada") == [("ada@example.org", True, True)]
        assert SocialAccount.objects.get().user_id == ada.id
        assert OAuthClient.objects.get().id == app.id


class TestVerifyingWhoIsLoggedIn:
    def test_ends_nothing(self, prepared, http):
        token = issue_session_token(prepared.id, now=clock.now())
        held: dict[str, Any] = {"X_Session_Token": token}
        http("PUT", f"{A}/account/email", {"email": HERS}, **held)
        text = Mail.objects.filter(to=HERS).values_list("text", flat=True)[0]
        key = re.search(r"verify-email/(\S+)", text)
        assert key

        http("POST", f"{A}/auth/email/verify", {"key": key[1].replace("%3A", ":")}, **held)

        assert addresses_of("prepared") == [(HERS, True, True), (OTHERS, True, False)]
        assert SocialAccount.objects.filter(user_id=prepared.id).count() == 1
        assert Session.objects.filter(user_id=prepared.id).exists()
