"""Which of a user's addresses an app sees: that of when they let it in, as long as they have it verified."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from tests.accounts.kit import USERINFO, consent, fetch, refresh, said_in

pytestmark = pytest.mark.django_db

SCOPES = "openid email"
FIRST, SECOND = "ada@example.org", "second@example.org"


@pytest.fixture
def addresses(ada) -> None:
    EmailAddress.objects.filter(user_id=ada.id).update(verified=True)
    EmailAddress.objects.create(user_id=ada.id, email=SECOND, verified=True)


@pytest.fixture
def given(app, addresses, browser):
    return fetch(app, code=consent(browser, app, scopes=SCOPES)["code"]).json()


def make_primary(email: str) -> None:
    EmailAddress.objects.get(email=email).set_as_primary()


def told(token: str) -> object:
    answer = Client().get(USERINFO, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    return answer.json().get("email"), answer.json().get("email_verified")


class TestShownAddress:
    def test_stays_when_another_becomes_the_primary_one(self, app, given):
        make_primary(SECOND)

        second = refresh(app, given["refresh_token"]).json()

        assert told(given["access_token"]) == told(second["access_token"]) == (FIRST, True)
        assert said_in(second["id_token"])["email"] == FIRST

    def test_is_that_of_the_consent_though_the_code_is_exchanged_later(self, app, addresses, browser):
        code = consent(browser, app, scopes=SCOPES)["code"]
        make_primary(SECOND)

        given = fetch(app, code=code).json()

        assert said_in(given["id_token"])["email"] == FIRST
        assert told(given["access_token"]) == (FIRST, True)

    def test_stays_after_a_refresh_without_it(self, app, given):
        less = fetch(app, grant_type="refresh_token", refresh_token=given["refresh_token"], scope="openid")
        make_primary(SECOND)

        assert told(less.json()["access_token"]) == (None, None)
        assert told(refresh(app, less.json()["refresh_token"]).json()["access_token"]) == (FIRST, True)

    @pytest.mark.parametrize("how", ["removed", "unproven"])
    def test_is_none_once_it_is_not_theirs(self, app, given, how):
        make_primary(SECOND)
        lost = EmailAddress.objects.filter(email=FIRST)
        lost.delete() if how == "removed" else lost.update(verified=False)

        second = refresh(app, given["refresh_token"]).json()

        assert told(given["access_token"]) == told(second["access_token"]) == (None, None)
        assert "email" not in said_in(second["id_token"])
