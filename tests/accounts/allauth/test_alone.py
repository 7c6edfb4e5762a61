"""Two requests at once leave an account with an address that it has, and with a way in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import connections

from modules.accounts.models import User
from modules.kernel.redis.servers import redis
from tests.accounts.allauth.provider import log_in, odd
from tests.kit.http import Http

__all__ = ["odd"]  # a fixture

pytestmark = pytest.mark.django_db

A = "/auth/app/v1"
SECOND = "ada@example.com"
TRIES = 6


def at_once(token: str, *asked: tuple[str, str, dict[str, Any]]) -> list[int]:
    """Send several requests of one session in the same moment; return their statuses."""
    ready = Barrier(len(asked))

    def send(method: str, path: str, body: dict[str, Any]) -> int:
        http = Http()
        ready.wait()
        try:
            return http(method, f"{A}{path}", body, X_Session_Token=token).status
        finally:
            connections.close_all()
            redis("directory").close()

    with ThreadPoolExecutor(len(asked)) as pool:
        return [done.result() for done in [pool.submit(send, *each) for each in asked]]


class TestAddresses:
    def test_made_primary_and_removed_at_once_is_one_of_both(self, ada, http):
        token = log_in(http)
        for _ in range(TRIES):
            EmailAddress.objects.filter(user_id=ada.id).delete()
            for email in ("ada@example.org", SECOND):
                is_first = email != SECOND
                EmailAddress.objects.create(user_id=ada.id, email=email, verified=True, primary=is_first)
            User.objects.filter(id=ada.id).update(email="ada@example.org")

            at_once(
                token,
                ("PATCH", "/account/email", {"email": SECOND, "primary": True}),
                ("DELETE", "/account/email", {"email": SECOND}),
            )

            primary = EmailAddress.objects.get(user_id=ada.id, primary=True)
            assert User.objects.get(id=ada.id).email == primary.email


class TestProviders:
    def test_both_disconnected_at_once_leave_one_that_is_the_only_way_in(self, ada, http, odd):
        token = log_in(http)
        user = User.objects.get(id=ada.id)
        user.set_unusable_password()
        user.save(update_fields=["password"])
        for _ in range(TRIES):
            SocialAccount.objects.all().delete()
            for uid in ("one", "two"):
                SocialAccount.objects.create(user_id=ada.id, provider="odd", uid=uid)

            statuses = at_once(
                token,
                *(
                    ("DELETE", "/account/providers", {"provider": "odd", "account": uid})
                    for uid in ("one", "two")
                ),
            )

            assert sorted(statuses) == [200, 400]
            assert SocialAccount.objects.filter(user_id=ada.id).count() == 1
