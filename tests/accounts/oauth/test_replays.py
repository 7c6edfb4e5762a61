"""A refresh token that is shown twice: by a client that lost the answer, or by who should not have it."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.idp.oidc.models import Token
from django.db import connections
from django.test import Client

from modules.accounts.models import SpentToken
from modules.accounts.services.accounts import set_password
from modules.accounts.services.token_families import forget_spent_tokens
from modules.kernel import clock
from tests.accounts.kit import fetch, let_seconds_pass, make_app, me, refresh

pytestmark = pytest.mark.django_db


def revoke(app, token: str) -> None:
    body = {"client_id": app.id, "client_secret": app.secret, "token": token}
    assert Client().post("/identity/o/api/revoke", body).status_code == 200


class TestAnswerAgain:
    def test_is_the_same_for_the_same_client(self, app, tokens):
        first = refresh(app, tokens["refresh_token"])
        again = refresh(app, tokens["refresh_token"])

        assert (again.status_code, again.json()) == (200, first.json())
        assert (again["Cache-Control"], again["Content-Type"]) == ("no-store", "application/json")
        assert me(again.json()["access_token"]) == 200
        assert refresh(app, again.json()["refresh_token"]).status_code == 200

    def test_is_the_same_for_many_at_once(self, app, tokens):
        def once(_):
            try:
                return refresh(app, tokens["refresh_token"])
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(once, range(4)))

        assert [answer.status_code for answer in answers] == [200] * 4
        assert {answer.content for answer in answers} == {answers[0].content}
        assert Token.objects.filter(type="rt").count() == 1

    def test_comes_without_redis(self, app, tokens, stack):
        stack.stop_redis()

        first = refresh(app, tokens["refresh_token"])

        assert refresh(app, tokens["refresh_token"]).json() == first.json()

    def test_is_over_after_ten_seconds_and_ends_the_family(self, app, tokens):
        second = refresh(app, tokens["refresh_token"]).json()
        [spent] = SpentToken.objects.exclude(answer=None)
        assert spent.answer_until is not None
        assert 0 < (spent.answer_until - clock.now()).total_seconds() <= 10
        let_seconds_pass()

        again = refresh(app, tokens["refresh_token"])

        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        assert me(second["access_token"]) == 401
        assert Token.objects.count() == 0

    def test_is_that_to_its_successor_once_that_is_spent_too(self, app, tokens):
        """A slow repeat comes in after the app has gone on: it ends nothing, and hears of nothing spent."""
        second = refresh(app, tokens["refresh_token"]).json()
        third = refresh(app, second["refresh_token"]).json()
        fourth = refresh(app, third["refresh_token"]).json()

        answers = [refresh(app, old["refresh_token"]) for old in (tokens, second, third)]

        assert [answer.status_code for answer in answers] == [200] * 3
        assert [answer.json() for answer in answers] == [fourth] * 3
        assert me(fourth["access_token"]) == 200
        assert refresh(app, fourth["refresh_token"]).status_code == 200

    def test_is_not_that_to_its_successor_after_ten_seconds_of_its_own(self, app, tokens):
        second = refresh(app, tokens["refresh_token"]).json()
        let_seconds_pass()
        third = refresh(app, second["refresh_token"]).json()

        assert refresh(app, tokens["refresh_token"]).json()["error"] == "invalid_grant"
        assert me(third["access_token"]) == 401

    def test_is_the_same_after_its_access_token_was_revoked(self, app, tokens):
        second = refresh(app, tokens["refresh_token"]).json()
        revoke(app, second["access_token"])

        again = refresh(app, tokens["refresh_token"])

        assert (again.status_code, again.json()) == (200, second)
        assert me(second["access_token"]) == 401
        assert refresh(app, second["refresh_token"]).status_code == 200

    def test_is_none_where_its_successor_was_asked_for_something_else(self, app, tokens):
        second = refresh(app, tokens["refresh_token"]).json()
        narrow = fetch(
            app, grant_type="refresh_token", refresh_token=second["refresh_token"], scope="openid", code=None
        ).json()

        assert refresh(app, tokens["refresh_token"]).json()["error"] == "invalid_grant"
        assert refresh(app, narrow["refresh_token"]).status_code == 200

    def test_is_none_after_its_refresh_token_was_revoked(self, app, tokens):
        second = refresh(app, tokens["refresh_token"]).json()
        revoke(app, second["refresh_token"])

        assert refresh(app, tokens["refresh_token"]).json()["error"] == "invalid_grant"
        assert me(second["access_token"]) == 401

    def test_is_not_given_after_what_was_granted_ended(self, app, tokens, ada):
        refresh(app, tokens["refresh_token"])
        set_password(ada.id, "quite another one")

        assert refresh(app, tokens["refresh_token"]).json()["error"] == "invalid_grant"

    def test_is_not_given_to_who_asks_for_something_else(self, app, tokens):
        refresh(app, tokens["refresh_token"])

        answer = fetch(
            app, grant_type="refresh_token", refresh_token=tokens["refresh_token"], scope="openid", code=None
        )

        assert answer.json()["error"] == "invalid_grant"

    def test_is_nothing_to_anybody_else_who_cannot_end_it_either(self, app, tokens, ada):
        second = refresh(app, tokens["refresh_token"]).json()
        other = make_app(ada.id, name="Other")
        grants = ["authorization_code", "refresh_token"]
        public = make_app(ada.id, name="Page", type="public", grant_types=grants)
        shown = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        spent = {**shown, "redirect_uri": None}
        victim = base64.b64encode(f"{app.id}:wrong".encode()).decode()

        answers = [
            refresh(other, tokens["refresh_token"]),
            fetch(app, client_secret="wrong", **spent),
            fetch(app, client_secret=None, **spent),
            fetch(public, **spent),
            Client().post(
                "/identity/o/api/token",
                {**shown, "client_id": public.id},
                headers={"Authorization": f"Basic {victim}"},
            ),
        ]

        assert [answer.json()["error"] for answer in answers] == [
            *("invalid_grant", "invalid_client", "invalid_client", "invalid_grant", "invalid_request")
        ]
        assert me(second["access_token"]) == 200

    def test_stands_nowhere_in_the_clear_and_is_forgotten(self, app, tokens):
        second = refresh(app, tokens["refresh_token"]).json()
        [kept] = SpentToken.objects.exclude(answer=None).values_list("answer", flat=True)
        assert kept is not None
        assert second["access_token"].encode() not in bytes(kept)

        let_seconds_pass()
        forget_spent_tokens(now=clock.now())

        assert SpentToken.objects.exclude(answer=None).count() == 0
        assert SpentToken.objects.count() == 2
