"""Closing an account: at once for its sessions, within moments for what others see, and back again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from modules.accounts.events import AccountStatusChanged
from modules.accounts.models import User
from modules.accounts.public import cancel_deletion, restore_account, sign_receipt, suspend_account
from modules.accounts.services.principals import forget_kept
from modules.graph.public import follow
from modules.kernel import clock
from modules.kernel.redis.client import RedisUnavailable
from modules.kernel.redis.servers import redis
from modules.profiles.models import Profile
from modules.profiles.selectors.cards import USERS
from modules.profiles.services.profiles import renew_card
from tests.kit.delivery import announced_events, drain
from tests.kit.http import Response, call
from tests.kit.people import NOON, PASSWORD, Person, make_person, sign_up_by_password
from tests.kit.posts import publish
from tests.kit.redis import redis_away

pytestmark = pytest.mark.django_db

LOG_IN = "/auth/app/v1/auth/login"


def log_in(person: Person, password: str = PASSWORD) -> Response:
    return call("POST", LOG_IN, {"username": person.username, "password": password})


def delete(person: Person, confirm: str | None = None) -> Response:
    return call("DELETE", f"/v1/me?confirm={confirm or person.username}", as_=person)


@pytest.fixture
def ada(db) -> Person:
    return sign_up_by_password("ada")


@pytest.fixture
def grace(db) -> Person:
    return sign_up_by_password("grace")


@pytest.fixture
def post(ada, grace) -> int:
    """What Ada wrote; Grace follows her and has it in her home, and all of it is in caches."""
    follow(grace.id, ada.id)
    post = publish(ada, "I was here")
    drain()
    assert shown_of(ada, post, grace) == SHOWN
    return post


SHOWN = {"user": 200, "name": 200, "post": 200, "posts": 200, "follow": 200, "home": 1, "following": 1}
HIDDEN = {"user": 404, "name": 404, "post": 404, "posts": 404, "follow": 404, "home": 0, "following": 0}


def shown_of(person: Person, post: int, viewer: Person) -> dict[str, int]:
    """Return what another sees of a person: statuses, and how long lists are."""
    paths = {
        "user": f"/v1/users/{person.id}",
        "name": f"/v1/users/by/username/{person.username}",
        "post": f"/v1/posts/{post}",
        "posts": f"/v1/users/{person.id}/posts",
    }
    lists = {"home": "/v1/timelines/home", "following": f"/v1/users/{viewer.id}/following"}
    return {
        **{name: call("GET", path, as_=viewer).status for name, path in paths.items()},
        "follow": call("PUT", f"/v1/me/following/{person.id}", as_=viewer).status,
        **{name: len(call("GET", path, as_=viewer).body["data"]) for name, path in lists.items()},
    }


class TestDeletion:
    def test_ends_all_sessions_and_hides_everything(self, ada, grace, post):
        before = clock.now()

        answer = delete(ada)
        drain()

        assert answer.status == 200
        row = User.objects.get(id=ada.id)
        assert row.delete_after is not None
        assert answer.body == {
            "delete_after": row.delete_after.isoformat().replace("+00:00", "Z"),
            "receipt": sign_receipt(ada.id),
        }
        assert timedelta(days=30) <= row.delete_after - before < timedelta(days=30, minutes=1)
        forget_kept()  # as any other process; this one believes a session for two seconds
        assert call("GET", "/v1/me", as_=ada).status == 401
        assert shown_of(ada, post, grace) == HIDDEN

    def test_is_taken_back_by_a_log_in(self, ada, grace, post):
        delete(ada)
        drain()

        answer = log_in(ada)
        drain()

        back = Person(ada.id, "ada", answer.body["meta"]["session_token"])
        assert (answer.status, call("GET", "/v1/me", as_=back).status) == (200, 200)
        assert User.objects.get(id=ada.id).delete_after is None
        assert shown_of(ada, post, grace) == SHOWN

    def test_is_not_taken_back_by_a_wrong_password(self, ada, grace, post):
        delete(ada)
        drain()

        assert log_in(ada, "a short walk home").status == 400
        drain()
        assert shown_of(ada, post, grace) == HIDDEN

    def test_is_final_when_its_day_has_come(self, ada):
        delete(ada)
        User.objects.filter(id=ada.id).update(delete_after=clock.now() - timedelta(seconds=1))

        assert log_in(ada).status == 400
        assert not User.objects.get(id=ada.id).is_active

    @pytest.mark.parametrize(("query", "status"), [("", 400), ("?confirm=grace", 422), ("?confirm=", 422)])
    def test_must_be_confirmed(self, ada, query, status):
        assert call("DELETE", f"/v1/me{query}", as_=ada).status == status

        assert User.objects.get(id=ada.id).delete_after is None
        assert call("GET", "/v1/me", as_=ada).status == 200

    def test_needs_a_session(self, db):
        assert call("DELETE", "/v1/me?confirm=ada").status == 401


class TestSuspension:
    def test_ends_all_sessions_and_hides_everything(self, ada, grace, post):
        suspend_account(ada.id, now=NOON)
        drain()

        assert call("GET", "/v1/me", as_=ada).status == 401
        assert shown_of(ada, post, grace) == HIDDEN

    def test_is_not_lifted_by_a_log_in(self, ada, grace, post):
        suspend_account(ada.id, now=NOON)
        drain()

        answer = log_in(ada)
        drain()

        assert answer.status != 200
        assert shown_of(ada, post, grace) == HIDDEN

    def test_is_lifted(self, ada, grace, post):
        suspend_account(ada.id, now=NOON)
        drain()

        restore_account(ada.id)
        drain()

        assert log_in(ada).status == 200
        assert shown_of(ada, post, grace) == SHOWN

    def test_outlives_a_deletion_that_is_taken_back(self, ada):
        delete(ada)
        suspend_account(ada.id, now=NOON)

        cancel_deletion(ada.id)

        row = User.objects.get(id=ada.id)
        assert (row.is_active, row.suspended_at, row.delete_after) == (False, NOON, None)
        assert log_in(ada).status != 200

    def test_does_not_take_a_deletion_back_when_it_is_lifted(self, ada):
        suspend_account(ada.id, now=NOON)
        User.objects.filter(id=ada.id).update(delete_after=NOON)

        restore_account(ada.id)

        row = User.objects.get(id=ada.id)
        assert (row.is_active, row.suspended_at, row.delete_after) == (False, None, NOON)

    def test_is_announced_once(self, ada):
        suspend_account(ada.id, now=NOON)
        suspend_account(ada.id, now=NOON + timedelta(days=1))

        assert announced_events(AccountStatusChanged) == [
            AccountStatusChanged(user_id=ada.id, is_active=False)
        ]
        assert User.objects.get(id=ada.id).suspended_at == NOON


class TestFollowAccount:
    def test_has_one_effect_when_delivered_twice(self, ada):
        drain()
        suspend_account(ada.id, now=NOON)

        drain(times=2)

        row = Profile.objects.of(ada.id).on_primary().get()
        assert (row.status, row.version) == (2, 2)

    def test_hides_who_is_closed_before_the_profile_is_made(self, ada):
        suspend_account(ada.id, now=NOON)

        drain()

        assert call("GET", f"/v1/users/{ada.id}").status == 404

    def test_comes_again_until_redis_has_heard(self, ada, settings):
        drain()
        with redis_away(settings), pytest.raises(RedisUnavailable):
            renew_card(ada.id)

        renew_card(ada.id)

        assert redis("a").run(USERS.command([ada.id]))[0][0] is not None


class TestCommand:
    def test_suspends_restores_and_shows(self, ada, capsys):
        states = []
        for action in ("suspend", "show", "restore"):
            call_command("account", action, "Ada", "--json")
            states.append(json.loads(capsys.readouterr().out))

        assert [state["is_active"] for state in states] == [False, False, True]
        assert [state["suspended_at"] is None for state in states] == [False, False, True]
        assert {state["id"] for state in states} == {str(ada.id)}

    def test_gives_a_role_and_takes_it(self, ada, capsys):
        roles = []
        for action in ("promote", "promote", "demote"):
            call_command("account", action, "ada", "--json")
            roles.append(json.loads(capsys.readouterr().out)["roles"])

        assert roles == [["operator"], ["operator"], []]
        assert call("GET", "/v1/me", as_=ada).status == 401

    def test_knows_nobody_else(self, db):
        for name in ("nobody", "7", "9" * 40, "٣", "nobody@example.org", ""):
            with pytest.raises(CommandError, match="There is no account with this name, id or address"):
                call_command("account", "show", name)

    def test_finds_a_person_by_the_id_of_a_log_and_by_an_address(self, ada, capsys):
        User.objects.filter(id=ada.id).update(email="ada@example.org")
        found = []
        for name in ("ada", str(ada.id), " ADA@Example.org"):
            call_command("account", "show", name, "--json")
            found.append(json.loads(capsys.readouterr().out)["id"])

        assert found == [str(ada.id)] * 3

    def test_means_the_name_where_somebody_is_called_like_an_id(self, ada, db, capsys):
        other = make_person(str(ada.id))

        call_command("account", "show", str(ada.id), "--json")

        assert json.loads(capsys.readouterr().out)["id"] == str(other.id)
