"""What strangers use up of an address is not what its people need who are known there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from modules.accounts.models import Session
from modules.accounts.services.sessions import MOST, issue_session_token
from modules.kernel import clock
from modules.kernel.limits import Limit
from modules.mail.models import Mail
from tests.accounts.places import At
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.django_db

HERE = "198.51.100.7"
A, B = "/auth/app/v1", "/auth/browser/v1"


@pytest.fixture
def few(settings):
    """Little enough to be used up quickly."""
    settings.LIMITS = replace(settings.LIMITS, is_on=True).with_limits(
        Limit("sign-in-step", 6, 300), Limit("reset-address", 3, 300), Limit("log-in-address", 8, 300)
    )


@pytest.fixture
def owner(ada) -> At:
    """Ada in a browser in which she has logged in."""
    owner = At(HERE, Client(enforce_csrf_checks=True))
    assert owner.log_in_by_browser() == 200
    return owner


def use_up_steps() -> None:
    stranger = At(HERE)
    tried = [stranger.http("POST", f"{A}/auth/2fa/authenticate", {"code": "1"}).status for _ in range(9)]
    assert tried[-1] == 429


def use_up_resets() -> None:
    stranger, path = At(HERE), f"{A}/auth/password/request"
    assert [stranger.http("POST", path, {"email": f"x{n}@example.net"}).status for n in range(4)][-1] == 429


class TestSteps:
    def test_of_who_is_logged_in_are_their_own(self, few, owner):
        use_up_steps()

        sent = {"password": PASSWORD}
        answer = owner.http("POST", f"{B}/auth/reauthenticate", sent, X_CSRFToken=owner.http.csrf)

        assert answer.status == 200

    def test_of_who_is_logged_in_by_an_app_are_their_own(self, few, ada):
        held = {"X_Session_Token": issue_session_token(ada.id, now=clock.now())}
        use_up_steps()

        there = At(HERE).http
        assert there("POST", f"{A}/auth/reauthenticate", {"password": PASSWORD}, **held).status == 200

    def test_are_few_for_them_too(self, few, ada):
        held = {"X_Session_Token": issue_session_token(ada.id, now=clock.now())}
        use_up_steps()

        there = At(HERE).http
        tried = [there("PUT", f"{A}/account/email", {"email": "?"}, **held).status for _ in range(7)]

        assert tried == [400] * 6 + [429]

    def test_of_who_brings_a_dead_session_are_those_of_the_address(self, few, ada):
        use_up_steps()

        held = {"X_Session_Token": "nobody-has-this"}
        assert At(HERE).http("POST", f"{A}/auth/reauthenticate", {"password": PASSWORD}, **held).status == 429

    def test_do_not_keep_anybody_from_leaving(self, few, owner):
        use_up_steps()

        assert owner.http("DELETE", f"{B}/auth/session", X_CSRFToken=owner.http.csrf).status == 401
        assert owner.http("GET", "/v1/me").status == 401


class TestReset:
    def ask(self, who: At, email: str = "ada@example.org") -> int:
        who.http("GET", f"{B}/config")
        return who.http(
            "POST", f"{B}/auth/password/request", {"email": email}, X_CSRFToken=who.http.csrf
        ).status

    def test_in_a_browser_of_the_owner_is_their_own(self, few, owner):
        owner.http.client.cookies.pop("sid")
        use_up_resets()
        Mail.objects.all().delete()

        assert self.ask(owner) == 401
        assert [mail.to for mail in Mail.objects.all()] == ["ada@example.org"]

    def test_of_somebody_else_in_it_is_one_of_the_address(self, few, owner, make_account):
        make_account("ben", email="ben@example.org", password=PASSWORD)
        use_up_resets()

        assert self.ask(owner, "ben@example.org") == 429

    def test_elsewhere_is_one_of_the_address(self, few, ada):
        use_up_resets()

        assert self.ask(At(HERE, Client(enforce_csrf_checks=True))) == 429


class TestRightLogIns:
    def test_in_a_browser_of_the_owner_are_counted_by_themselves(self, few, owner):
        owner.http.client.cookies.pop("sid")

        tried = [owner.log_in(PASSWORD) for _ in range(9)]

        # The one that made the browser known was counted by its address.
        assert tried == [200] * 8 + [429]
        assert At(HERE).log_in(PASSWORD) == 200

    def test_leave_a_user_so_many_sessions_and_end_the_longest_unused(self, ada):
        tokens = [issue_session_token(ada.id, now=clock.now()) for _ in range(MOST + 1)]
        oldest = Session.objects.order_by("id").values_list("id", flat=True)[:2]
        long_ago = clock.now() - timedelta(days=9)
        Session.objects.filter(id__in=list(oldest)).update(last_seen_at=long_ago)

        assert At(HERE).log_in(PASSWORD) == 200

        living = [
            At(HERE).http("GET", "/v1/me/sessions", X_Session_Token=token).status for token in tokens[:3]
        ]
        assert living == [401, 401, 200]
        assert Session.objects.filter(user_id=ada.id).count() == MOST
