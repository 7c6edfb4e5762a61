"""Signing up through allauth: both names claimed, a shard given, the news told, in one transaction."""

from __future__ import annotations

import hashlib
import importlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from modules.accounts.models import User
from modules.accounts.services.account_status import request_deletion
from modules.kernel import clock
from modules.kernel.redis.servers import redis
from sharding.ids import shard_of
from tests.kit.delivery import announced
from tests.kit.http import Http, Response
from tests.kit.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]


@pytest.fixture
def sign_up_with(http):
    """Sign Ada up, or somebody else, with an Idempotency-Key."""

    def sign_up_with(key: str, *, client: str = "app", **changes: str) -> Response:
        headers = {name: changes.pop(name) for name in [*changes] if name[0].isupper()}
        body = {"username": "ada", "email": "ada@example.org", "password": PASSWORD} | changes
        answer: Response = http(
            "POST", f"/auth/{client}/v1/auth/signup", body, Idempotency_Key=key, **headers
        )
        return answer

    return sign_up_with


class TestSignUp:
    def test_makes_an_account_with_both_names(self, sign_up):
        answer = sign_up("ada")

        user = User.objects.get(username="ada")
        assert (user.email, user.epoch, user.is_active) == ("ada@example.org", 1, True)
        assert answer.status == 200

    def test_shows_the_id_as_a_string(self, sign_up):
        answer = sign_up("ada")

        assert answer.body["data"]["user"]["id"] == str(User.objects.get().id)

    def test_gives_a_session_token_that_works(self, http, sign_up):
        token = sign_up("ada").body["meta"]["session_token"]

        caller = http("GET", "/v1/whoami", X_Session_Token=token)

        assert caller.body == {"id": str(User.objects.get().id), "roles": []}

    def test_gives_a_shard_of_the_map(self, sign_up):
        sign_up("ada")

        assert 0 <= shard_of(User.objects.get().id) < 4096

    def test_announces_the_account_once(self, sign_up):
        sign_up("ada")

        assert announced("accounts.account_created.v1") == [{"user_id": User.objects.get().id}]

    def test_stores_names_in_lower_case(self, sign_up):
        sign_up("Ada", email="Ada@Example.ORG")

        assert User.objects.values_list("username", "email").get() == ("ada", "ada@example.org")

    @pytest.mark.parametrize("username", ["ada", "ADA", "Ada"])
    def test_refuses_a_taken_username(self, sign_up, username):
        sign_up("ada")

        answer = sign_up(username, email="other@example.org")

        [error] = answer.body["errors"]
        assert (answer.status, error["param"], error["code"]) == (400, "username", "username_taken")
        assert User.objects.count() == 1

    @pytest.mark.parametrize(
        ("taken", "wanted"),
        [
            *(("paul", "pau1"), ("mona", "rnona"), ("bob0", "bobo"), ("walter", "vvalter")),
            *(("daniel", "claniel"), ("fred_d", "frecl_c1"), ("mclane", "mdane"), ("dwindow", "clvvinclovv")),
        ],
    )
    def test_refuses_a_username_that_looks_like_a_taken_one(self, sign_up, taken, wanted):
        sign_up(taken)

        answer = sign_up(wanted)

        assert (answer.status, answer.body["errors"][0]["code"]) == (400, "username_taken")
        assert User.objects.count() == 1

    @pytest.mark.parametrize(
        ("taken", "wanted"),
        [
            ("daniel", "calniel"),
            ("claudia", "cladia"),
            ("dora", "cora"),
            ("clement", "element"),
            ("nina", "rina"),
        ],
    )
    def test_takes_a_username_that_differs_to_the_eye(self, sign_up, taken, wanted):
        assert [sign_up(name).status for name in (taken, wanted)] == [200, 200]

    def test_refuses_a_taken_address(self, ada, sign_up):
        answer = sign_up("bob", email="ADA@example.org")

        [error] = answer.body["errors"]
        assert (answer.status, error["param"], error["code"]) == (400, "email", "email_taken")
        assert User.objects.count() == 1

    @pytest.mark.parametrize(
        "username", ["ab", "a" * 31, "ada!", "ada b", "adä", "admin", "adm1n", "security_team", "ada\x00"]
    )
    def test_refuses_a_username_against_the_rule(self, sign_up, username):
        answer = sign_up(username, email="ada@example.org")

        assert answer.status == 400
        assert User.objects.count() == 0

    @pytest.mark.parametrize("password", ["short", "a" * 129, "password1234"])
    def test_refuses_a_bad_password(self, sign_up, password):
        answer = sign_up("ada", password=password)

        assert (answer.status, answer.body["errors"][0]["param"]) == (400, "password")
        assert User.objects.count() == 0

    @pytest.mark.parametrize(
        "body",
        [
            b'{"username": "ada\\ud800", "email": "ada@example.org", "password": "a long walk home"}',
            b'{"username": "ada", "email": "ada@example.org", "password": "a long walk\\ud800 home"}',
            b"[" * 30_000,
            b'{"username": "ada", "username": "bob"}',
            b"\xff",
            b"[]",
        ],
        ids=["surrogate", "surrogate in the password", "deep", "repeated key", "not UTF-8", "no object"],
    )
    def test_answers_unreadable_bodies_with_a_problem(self, http, body):
        answer = http("POST", "/auth/app/v1/auth/signup", body)

        assert answer.status == 400
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_lets_one_of_twenty_parallel_sign_ups_win_a_name(self):
        def attempt(number: int) -> tuple[int, str]:
            body = {"username": "ada", "email": f"ada{number}@example.org", "password": PASSWORD}
            try:
                answer = Http()("POST", "/auth/app/v1/auth/signup", body)
                return answer.status, answer.body.get("errors", [{}])[0].get("param", "")
            finally:
                connections.close_all()
                redis("directory").close()

        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(attempt, range(20)))

        assert sorted(answers) == sorted([(200, ""), *[(400, "username")] * 19])
        assert User.objects.count() == 1
        assert len(announced("accounts.account_created.v1")) == 1


class TestOnce:
    """Sign-ups that carry an Idempotency-Key."""

    def test_a_repeat_gets_a_session_of_the_same_account(self, http, sign_up_with):
        first, second = sign_up_with("k"), sign_up_with("k")

        tokens = [answer.body["meta"]["session_token"] for answer in (first, second)]
        callers = [http("GET", "/v1/whoami", X_Session_Token=token).body["id"] for token in tokens]
        assert [first.status, second.status, User.objects.count()] == [200, 200, 1]
        assert callers == [str(User.objects.get().id)] * 2
        # A mark would tell whether the first one made an account.
        assert first.headers.keys() == second.headers.keys()
        assert len(announced("accounts.account_created.v1")) == 1

    def test_a_repeat_does_not_open_an_account_that_was_closed_meanwhile(self, http, sign_up_with):
        signed_up = sign_up_with("k")
        user_id = int(signed_up.body["data"]["user"]["id"])
        request_deletion(user_id, confirm="ada", now=clock.now())

        again = sign_up_with("k")

        assert (again.status, again.body["errors"][0]["code"]) == (400, "username_password_mismatch")
        assert not User.objects.get(id=user_id).is_active
        entered = http("POST", "/auth/app/v1/auth/login", {"username": "ada", "password": PASSWORD})
        assert (entered.status, User.objects.get(id=user_id).is_active) == (200, True)

    def test_a_repeat_of_a_browser_gets_a_cookie(self, http, sign_up_with):
        http("GET", "/auth/browser/v1/config")
        first = sign_up_with("k", client="browser", X_CSRFToken=http.csrf)
        http.client.cookies.pop("sid")

        second = sign_up_with("k", client="browser", X_CSRFToken=http.csrf)

        assert (first.status, second.status, User.objects.count()) == (200, 200, 1)
        assert http("GET", "/v1/whoami").body["id"] == str(User.objects.get().id)

    @pytest.mark.parametrize(
        "changes",
        [
            {"password": "another long walk home"},
            {"username": "ADA", "email": " Ada@Example.ORG", "password": "another long walk home"},
        ],
        ids=["another password", "in another spelling"],
    )
    def test_another_sign_up_of_the_same_person_is_refused(self, sign_up_with, changes):
        sign_up_with("k")

        answer = sign_up_with("k", **changes)

        assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")
        assert User.objects.count() == 1

    def test_a_key_that_a_stranger_used_holds_nobody_up(self, http, sign_up, sign_up_with):
        sign_up_with("k")

        keyed = sign_up_with("k", username="grace", email="grace@example.org")

        plain = sign_up("heidi")
        assert (keyed.status, keyed.headers.keys()) == (200, plain.headers.keys())
        assert set(User.objects.values_list("username", flat=True)) == {"ada", "grace", "heidi"}

    @pytest.mark.parametrize(
        ("changes", "code"),
        [({"email": "grace@example.org"}, "username_taken"), ({"username": "grace"}, "email_taken")],
    )
    def test_a_taken_name_is_answered_as_without_a_key(self, ada, sign_up_with, changes, code):
        sign_up_with("k", username="heidi", email="heidi@example.org")

        answer = sign_up_with("k", **changes)

        assert (answer.status, answer.body["errors"][0]["code"]) == (400, code)

    def test_a_body_without_names_is_answered_as_without_a_key(self, http, db):
        path = "/auth/app/v1/auth/signup"
        for body in ({"username": ["ada"], "email": {"a": 1}}, {}, None):
            plain, keyed = (http("POST", path, body, **key) for key in ({}, {"Idempotency_Key": "k"}))

            assert (keyed.status, keyed.body.keys()) == (400, plain.body.keys())

    def test_a_refused_one_keeps_nothing(self, sign_up_with):
        refused = sign_up_with("k", password="short")

        assert (refused.status, sign_up_with("k").status) == (400, 200)

    def test_is_answered_as_without_one_where_the_session_is_dead(self, http, db):
        body = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
        path, dead = "/auth/app/v1/auth/signup", {"X_Session_Token": "d" * 43}

        plain = http("POST", path, body, **dead)
        keyed = http("POST", path, body, Idempotency_Key="k", **dead)

        assert (plain.status, keyed.status, keyed.body) == (410, 410, plain.body)

    def test_a_malformed_key_is_refused(self, sign_up_with):
        answer = sign_up_with("a,b")

        assert (answer.status, answer.body["errors"][0]["header"]) == (400, "Idempotency-Key")
        assert User.objects.count() == 0

    def test_keeps_neither_the_password_nor_its_digest_nor_the_address(self, sign_up_with):
        sign_up_with("k")

        with connections["default"].cursor() as cursor:
            cursor.execute("select fingerprint, body, scope || key from once")
            [(fingerprint, body, whose)] = cursor.fetchall()
        plain = json.dumps({"username": "ada", "email": "ada@example.org", "password": PASSWORD}).encode()
        assert body is None
        assert bytes(fingerprint) != hashlib.sha256(plain).digest()
        assert "example.org" not in whose

    def test_twenty_at_once_make_one_account(self):
        def attempt(_: int) -> tuple[int, str]:
            body = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
            try:
                answer = Http()("POST", "/auth/app/v1/auth/signup", body, Idempotency_Key="k")
                return answer.status, answer.body["data"]["user"][
                    "id"
                ] if answer.status == 200 else answer.body["code"]
            finally:
                connections.close_all()
                redis("directory").close()

        with ThreadPoolExecutor(20) as pool:
            answers = set(pool.map(attempt, range(20)))

        [user_id] = User.objects.values_list("id", flat=True)
        assert (200, str(user_id)) in answers
        assert answers <= {(200, str(user_id)), (409, "request_in_flight"), (503, "hashing_busy")}
        assert len(announced("accounts.account_created.v1")) == 1


class TestSkeletonsOfOldAccounts:
    def test_are_written_anew_and_both_of_two_that_look_alike_stay(self, make_account):
        """As they were before `d` looked like `cl`; `dark` was there first."""
        for name, username, skeleton in (
            ("first", "dark", "dark"),
            ("second", "clark", "clark"),
            ("third", "adam", "adarn"),
            ("fourth", "paul", "paul"),
        ):
            row = User.objects.filter(id=make_account(name).id)
            row.update(username=username, skeleton=skeleton, created_at=clock.now())
        step = importlib.import_module("modules.accounts.migrations.0013_skeletons_of_d")

        with connections["default"].cursor() as cursor:
            for statement in step.Migration.operations[0].sql:
                cursor.execute(statement)

        assert dict(User.objects.values_list("username", "skeleton")) == {
            "dark": "clark",
            "clark": ":clark",
            "adam": "aclarn",
            "paul": "paul",
        }
