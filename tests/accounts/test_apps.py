"""Apps and their service keys, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from allauth.idp.oidc.models import Client as AppRow
from allauth.idp.oidc.models import Token
from django.db import DatabaseError, connections

from modules.accounts.models import AuditEntry, ServiceKey
from modules.accounts.services.accounts import set_roles
from modules.accounts.services.life import restore_account, suspend_account
from modules.accounts.services.principals import forget_kept
from modules.accounts.services.sessions import hash_key, issue_session_token
from modules.kernel import clock
from modules.kernel.hot import count_trips
from sharding.testing import count_queries
from tests.accounts.conftest import NOON

pytestmark = pytest.mark.django_db

APP = {
    "name": "Reader",
    "type": "confidential",
    "redirect_uris": ["https://reader.example.org/back"],
    "scopes": ["read:profiles", "openid"],
    "grant_types": ["authorization_code", "refresh_token"],
}
KEY = {"name": "nightly", "scopes": ["read:profiles"]}


@pytest.fixture
def as_ada(http, ada):
    """Requests of Ada's own app."""
    return _as(http, ada.id)


@pytest.fixture
def as_grace(http, make_account):
    return _as(http, make_account("grace").id)


def _as(http, user_id: int):
    token = issue_session_token(user_id, now=clock.now())
    return lambda method, path, body=None, **headers: http(
        method, path, body, X_Session_Token=token, **headers
    )


@pytest.fixture
def app(as_ada):
    return as_ada("POST", "/v1/apps", APP).body


@pytest.fixture
def operator(ada, http):
    set_roles(ada.id, ["operator"])
    return _as(http, ada.id)


def make_key(caller, app, **changes):
    return caller("POST", f"/v1/apps/{app['id']}/keys", KEY | changes)


class TestRegister:
    def test_shows_the_secret_once(self, as_ada):
        made = as_ada("POST", "/v1/apps", APP)

        assert made.status == 201
        row = AppRow.objects.get(id=made.body["id"])
        assert row.check_secret(made.body["secret"])
        assert made.body["secret"] not in row.secret
        shown = as_ada("GET", f"/v1/apps/{made.body['id']}").body
        assert shown == {name: part for name, part in made.body.items() if name != "secret"}
        assert as_ada("GET", "/v1/apps").body["data"] == [shown]

    def test_gives_a_public_app_none(self, as_ada):
        made = as_ada("POST", "/v1/apps", APP | {"type": "public"})

        assert (made.status, made.body["secret"]) == (201, None)
        assert not AppRow.objects.get().check_secret("")

    def test_answers_a_repeat_without_the_secret_and_registers_nothing(self, as_ada):
        first = as_ada("POST", "/v1/apps", APP, Idempotency_Key="one").body
        again = as_ada("POST", "/v1/apps", APP, Idempotency_Key="one")

        assert (again.status, again.headers["Idempotency-Replayed"]) == (201, "true")
        assert again.body == first | {"secret": None}
        assert AppRow.objects.count() == 1

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"redirect_uris": ["http://reader.example.org/back"]}, "/redirect_uris/0"),
            ({"redirect_uris": ["https://reader.example.org/back#x"]}, "/redirect_uris/0"),
            ({"redirect_uris": ["https://*.example.org/back"]}, "/redirect_uris/0"),
            ({"redirect_uris": ["https://user@example.org/"]}, "/redirect_uris/0"),
            ({"redirect_uris": ["javascript:alert(1)"]}, "/redirect_uris/0"),
            ({"redirect_uris": ["//evil.example"]}, "/redirect_uris/0"),
            ({"redirect_uris": ["https://a.example/\nx"]}, "/redirect_uris/0"),
            ({"redirect_uris": []}, ""),
            ({"scopes": ["first_party"]}, "/scopes/0"),
            ({"scopes": ["act:users"]}, "/scopes/0"),
            ({"scopes": []}, "/scopes"),
            ({"grant_types": ["password"]}, "/grant_types/0"),
            ({"type": "public", "grant_types": ["client_credentials"]}, ""),
            ({"type": "secret"}, "/type"),
            ({"owner_id": "1"}, "/owner_id"),
            ({"name": ""}, "/name"),
        ],
    )
    def test_points_at_what_it_refuses(self, as_ada, change, pointer):
        answer = as_ada("POST", "/v1/apps", APP | change)

        assert (answer.status, [fault["pointer"] for fault in answer.body["errors"]]) == (400, [pointer])
        assert AppRow.objects.count() == 0

    def test_takes_addresses_of_devices_and_of_own_schemes(self, as_ada):
        uris = ["http://127.0.0.1/back", "http://[::1]:7000/back", "org.example.reader:/back"]

        assert as_ada("POST", "/v1/apps", APP | {"redirect_uris": uris}).body["redirect_uris"] == uris

    def test_stops_at_twenty(self, as_ada, ada):
        AppRow.objects.bulk_create(AppRow(name=str(n), owner_id=ada.id, secret="") for n in range(20))

        answer = as_ada("POST", "/v1/apps", APP)

        assert (answer.status, answer.body["code"]) == (422, "too_many_apps")
        assert AppRow.objects.count() == 20


class TestEditAndDelete:
    def test_change_what_was_sent(self, as_ada, app):
        answer = as_ada("PATCH", f"/v1/apps/{app['id']}", {"name": "Writer"}, If_Match="*")

        assert answer.body == {name: part for name, part in app.items() if name != "secret"} | {
            "name": "Writer"
        }

    def test_change_nothing_that_changed_meanwhile(self, as_ada, app):
        path = f"/v1/apps/{app['id']}"
        seen = as_ada("GET", path).headers["ETag"]
        edited = as_ada("PATCH", path, {"name": "Writer"}, If_Match=seen)

        late = as_ada("PATCH", path, {"name": "Painter"}, If_Match=seen)
        blind = as_ada("PATCH", path, {"name": "Painter"})

        assert (edited.status, late.status, blind.status) == (200, 412, 428)
        assert as_ada("GET", path).body["name"] == "Writer"
        assert as_ada("GET", path, If_None_Match=edited.headers["ETag"]).status == 304

    def test_a_new_secret_ends_the_old_one(self, as_ada, app):
        secret = as_ada("POST", f"/v1/apps/{app['id']}/secrets").body["secret"]

        row = AppRow.objects.get()
        assert (row.check_secret(secret), row.check_secret(app["secret"])) == (True, False)

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("GET", "", None),
            ("PATCH", "", {"name": "Mine"}),
            ("DELETE", "", None),
            ("POST", "/secrets", None),
            ("GET", "/keys", None),
            ("POST", "/keys", KEY),
            ("DELETE", "/keys/1", None),
            ("POST", "/keys/1/rotations", {}),
            ("GET", "/audit", None),
        ],
    )
    def test_treat_another_owner_s_app_as_absent(self, as_grace, app, method, path, body):
        theirs = as_grace(method, f"/v1/apps/{app['id']}{path}", body, If_Match="*")
        absent = as_grace(method, f"/v1/apps/nothing{path}", body, If_Match="*")

        assert (theirs.status, theirs.body["code"]) == (404, "app_not_found")
        hidden = {"instance", "request_id"}
        assert {k: v for k, v in theirs.body.items() if k not in hidden} == {
            k: v for k, v in absent.body.items() if k not in hidden
        }
        assert AppRow.objects.get().name == "Reader"

    def test_a_deleted_app_s_tokens_and_keys_end_at_once(self, as_ada, http, app, ada):
        key = make_key(as_ada, app).body["key"]
        token = make_token(app["id"], ada.id, "read:profiles")
        for credential in (token, key):
            http("GET", "/v1/users?ids=1", Authorization=f"Bearer {credential}")

        assert as_ada("DELETE", f"/v1/apps/{app['id']}").status == 204

        forget_kept()
        for credential in (token, key):
            assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {credential}").status == 401


def make_token(app_id: str, user_id: int | None, *scopes: str, value: str = "a-token") -> str:
    later = clock.now() + timedelta(minutes=15)
    token = Token(type="at", client_id=app_id, user_id=user_id, hash=hash_key(value), expires_at=later)
    token.set_scopes(list(scopes))
    token.save()
    return value


class TestKeys:
    def test_are_shown_once_and_kept_as_digests(self, as_ada, app):
        made = make_key(as_ada, app)

        row = ServiceKey.objects.get()
        assert made.status == 201
        assert made.body["key"].startswith("bk_live_")
        assert row.key_hash == hash_key(made.body["key"])
        listed = as_ada("GET", f"/v1/apps/{app['id']}/keys").body["data"]
        assert listed == [{name: part for name, part in made.body.items() if name != "key"}]

    def test_of_a_repeat_are_not_shown(self, as_ada, app):
        path = f"/v1/apps/{app['id']}/keys"
        first = as_ada("POST", path, KEY, Idempotency_Key="one").body

        again = as_ada("POST", path, KEY, Idempotency_Key="one")

        assert again.body == first | {"key": None}
        assert ServiceKey.objects.count() == 1

    def test_call_for_their_app_within_their_scopes(self, as_ada, http, app):
        key = make_key(as_ada, app).body["key"]

        assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {key}").status == 200
        me = http("GET", "/v1/me", Authorization=f"Bearer {key}")
        posting = http("POST", "/v1/posts", {"text": "Hello"}, Authorization=f"Bearer {key}")
        assert (me.status, me.body["code"]) == (403, "user_required")
        assert (posting.status, posting.body["code"]) == (403, "insufficient_scope")

    def test_note_when_they_were_used(self, as_ada, http, app):
        key = make_key(as_ada, app).body["key"]

        http("GET", "/v1/users?ids=1", Authorization=f"Bearer {key}")

        assert as_ada("GET", f"/v1/apps/{app['id']}/keys").body["data"][0]["last_used_at"] is not None

    def test_end_at_once_when_revoked(self, as_ada, http, app):
        made = make_key(as_ada, app).body
        assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {made['key']}").status == 200

        assert as_ada("DELETE", f"/v1/apps/{app['id']}/keys/{made['id']}").status == 204
        assert as_ada("DELETE", f"/v1/apps/{app['id']}/keys/{made['id']}").status == 204

        forget_kept()  # what another process, or this one two seconds later, knows
        assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {made['key']}").status == 401

    def test_give_way_to_successors_with_overlap(self, as_ada, http, app):
        old = make_key(as_ada, app).body
        path = f"/v1/apps/{app['id']}/keys/{old['id']}/rotations"

        new = as_ada("POST", path, {"overlap_seconds": 60}).body

        forget_kept()
        assert new["scopes"] == old["scopes"]
        for key in (old["key"], new["key"]):
            assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {key}").status == 200
        left = (
            ServiceKey.objects.get(id=old["id"]).expires_at - ServiceKey.objects.get(id=new["id"]).created_at
        )
        assert left == timedelta(seconds=60)

    def test_end_at_once_when_rotated_without_overlap(self, as_ada, http, app):
        old = make_key(as_ada, app).body
        assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {old['key']}").status == 200

        as_ada("POST", f"/v1/apps/{app['id']}/keys/{old['id']}/rotations", {"overlap_seconds": 0})

        forget_kept()
        assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {old['key']}").status == 401

    def test_are_nothing_for_a_public_app(self, as_ada):
        public = as_ada("POST", "/v1/apps", APP | {"type": "public"}).body

        answer = make_key(as_ada, public)

        assert (answer.status, answer.body["code"], ServiceKey.objects.count()) == (422, "public_app", 0)

    def test_stop_at_ten(self, as_ada, app):
        assert [make_key(as_ada, app).status for _ in range(11)] == [201] * 10 + [422]

    @pytest.mark.parametrize("change", [{"days": 0}, {"days": 366}, {"scopes": ["openid"]}, {"days": "9"}])
    def test_are_refused_with_a_pointer(self, as_ada, app, change):
        answer = make_key(as_ada, app, **change)

        assert (answer.status, ServiceKey.objects.count()) == (400, 0)
        assert answer.body["errors"][0]["pointer"].startswith(f"/{next(iter(change))}")

    def test_are_never_read_from_the_query_string(self, as_ada, http, app):
        key = make_key(as_ada, app).body["key"]

        assert http("GET", f"/v1/me?access_token={key}").status == 401


class TestOnBehalf:
    def test_is_an_operator_s_to_give(self, as_ada, app):
        answer = make_key(as_ada, app, may_act_for_users=True)

        assert (answer.status, answer.body["code"], ServiceKey.objects.count()) == (403, "operators_only", 0)

    def test_acts_as_the_user_and_is_on_record(self, operator, http, make_account):
        app = operator("POST", "/v1/apps", APP).body
        made = make_key(operator, app, may_act_for_users=True, scopes=["write:posts"]).body
        vera = make_account("vera")
        named = {"Authorization": f"Bearer {made['key']}", "Banyan_On_Behalf_Of": str(vera.id)}

        answer = http("POST", "/v1/posts", {"text": "Hello"}, **named)

        assert (answer.status, answer.body["author_id"]) == (201, str(vera.id))
        newest = operator("GET", f"/v1/apps/{app['id']}/audit").body["data"][0]
        assert (newest["action"], newest["key_id"], newest["user_id"]) == (
            "request",
            made["id"],
            str(vera.id),
        )
        assert (newest["method"], newest["path"]) == ("POST", "/v1/posts")

    def test_stays_within_the_key_s_scopes(self, operator, http, make_account):
        app = operator("POST", "/v1/apps", APP).body
        key = make_key(operator, app, may_act_for_users=True).body["key"]
        named = {"Authorization": f"Bearer {key}", "Banyan_On_Behalf_Of": str(make_account("vera").id)}

        assert http("POST", "/v1/posts", {"text": "Hello"}, **named).status == 403
        assert http("GET", "/v1/apps", **named).status == 403

    @pytest.mark.parametrize("named", ["0", "-1", "abc", "", "01", "1 ", str(2**63), "1,2"])
    def test_refuses_what_names_nobody(self, operator, http, named):
        app = operator("POST", "/v1/apps", APP).body
        key = make_key(operator, app, may_act_for_users=True).body["key"]

        answer = http("GET", "/v1/me", Authorization=f"Bearer {key}", Banyan_On_Behalf_Of=named)

        assert (answer.status, answer.body["errors"][0]["header"]) == (400, "Banyan-On-Behalf-Of")

    def test_knows_neither_absent_nor_inactive_users(self, operator, http, make_account):
        app = operator("POST", "/v1/apps", APP).body
        key = make_key(operator, app, may_act_for_users=True).body["key"]
        locked = make_account("vera").id
        suspend_account(locked, now=NOON)

        for user_id in (locked, 12345):
            answer = http("GET", "/v1/me", Authorization=f"Bearer {key}", Banyan_On_Behalf_Of=str(user_id))
            assert (answer.status, answer.body["code"]) == (404, "on_behalf_unknown")
        assert AuditEntry.objects.filter(action="request").count() == 0

    def test_is_refused_to_a_session_and_to_a_plain_key(self, as_ada, http, ada, app):
        key = make_key(as_ada, app).body["key"]

        of_session = as_ada("GET", "/v1/me", Banyan_On_Behalf_Of=str(ada.id))
        of_key = http("GET", "/v1/me", Authorization=f"Bearer {key}", Banyan_On_Behalf_Of=str(ada.id))

        assert [answer.body["code"] for answer in (of_session, of_key)] == ["on_behalf_not_allowed"] * 2

    def test_is_refused_without_credentials_before_a_cookie_acts_instead(self, http, make_account):
        named = str(make_account("vera").id)

        answer = http("GET", "/v1/users?ids=1", Banyan_On_Behalf_Of=named)

        assert (answer.status, answer.body["code"]) == (403, "on_behalf_not_allowed")

    def test_does_not_outlive_the_operator_in_a_rotation(self, operator, http, ada):
        app = operator("POST", "/v1/apps", APP).body
        made = make_key(operator, app, may_act_for_users=True).body
        set_roles(ada.id, [])

        answer = _as(http, ada.id)("POST", f"/v1/apps/{app['id']}/keys/{made['id']}/rotations", {})

        assert (answer.status, answer.body["code"], ServiceKey.objects.count()) == (403, "operators_only", 1)


class TestOwner:
    """An app is as alive as the account that owns it."""

    @pytest.fixture
    def acts(self, operator, http, make_account):
        app = operator("POST", "/v1/apps", APP | {"grant_types": ["client_credentials"]}).body
        key = make_key(operator, app, may_act_for_users=True).body["key"]
        token = make_token(app["id"], None, "read:profiles")
        vera = str(make_account("vera").id)

        def acts() -> tuple[int, int, int]:
            forget_kept()
            bearer = {"Authorization": f"Bearer {key}"}
            return (
                http("GET", "/v1/me", **bearer, Banyan_On_Behalf_Of=vera).status,
                http("GET", "/v1/users?ids=1", **bearer).status,
                http("GET", "/v1/users?ids=1", Authorization=f"Bearer {token}").status,
            )

        assert acts() == (200, 200, 200)
        return acts

    def test_that_is_no_operator_any_more_acts_for_nobody(self, ada, acts):
        set_roles(ada.id, [])

        assert acts() == (403, 200, 200)

    def test_that_is_closed_takes_everything_with_it(self, ada, acts):
        suspend_account(ada.id, now=NOON)
        closed = acts()

        restore_account(ada.id)

        assert (closed, acts()) == ((401, 401, 401), (200, 200, 200))

    def test_that_is_closed_takes_the_tokens_with_it_that_users_gave(self, ada, http, make_account, app):
        token = make_token(app["id"], make_account("vera").id, "read:profiles")
        suspend_account(ada.id, now=NOON)

        assert http("GET", "/v1/me", Authorization=f"Bearer {token}").status == 401


class TestChallenge:
    """What WWW-Authenticate says (RFC 6750, 3.1)."""

    def test_names_no_error_to_who_sent_nothing(self, http):
        assert http("GET", "/v1/me").headers["WWW-Authenticate"] == 'Bearer realm="banyan"'

    @pytest.mark.parametrize("header", ["X_Session_Token", "Authorization"])
    def test_says_that_a_credential_is_dead(self, http, header):
        answer = http("GET", "/v1/me", **{header: "Bearer dead" if header == "Authorization" else "dead"})

        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="banyan", error="invalid_token"'

    def test_names_the_scope_that_would_reach(self, http, ada, app):
        token = make_token(app["id"], ada.id, "read:profiles")

        answer = http("POST", "/v1/posts", {"text": "Hello"}, Authorization=f"Bearer {token}")

        assert answer.status == 403
        assert answer.headers["WWW-Authenticate"] == (
            'Bearer realm="banyan", error="insufficient_scope", scope="write:posts"'
        )

    def test_names_no_scope_that_nobody_can_grant(self, http, ada, app):
        token = make_token(app["id"], ada.id, "read:profiles")

        answer = http("GET", "/v1/apps", Authorization=f"Bearer {token}")

        assert (answer.status, "WWW-Authenticate" in answer.headers) == (403, False)


class TestTokens:
    def test_act_for_the_user_within_their_scopes(self, http, ada, app):
        token = make_token(app["id"], ada.id, "read:profiles")
        bearer = {"Authorization": f"Bearer {token}"}

        assert http("GET", "/v1/me", **bearer).body["data"]["id"] == str(ada.id)
        refused = http("POST", "/v1/posts", {"text": "Hello"}, **bearer)
        assert (refused.status, refused.body["code"]) == (403, "insufficient_scope")
        assert http("GET", "/v1/apps", **bearer).status == 403

    def test_without_a_scope_reach_nothing(self, http, ada, app):
        token = make_token(app["id"], ada.id)

        assert http("GET", "/v1/me", Authorization=f"Bearer {token}").status == 403

    def test_of_an_app_for_itself_act_for_no_user(self, http, app):
        token = make_token(app["id"], None, "read:profiles")

        answer = http("GET", "/v1/me", Authorization=f"Bearer {token}")

        assert (answer.status, answer.body["code"]) == (403, "user_required")

    def test_die_with_a_new_password(self, http, ada, app):
        from modules.accounts.services.accounts import set_password

        token = make_token(app["id"], ada.id, "read:profiles")
        assert http("GET", "/v1/me", Authorization=f"Bearer {token}").status == 200

        set_password(ada.id, "quite another one")

        forget_kept()
        assert http("GET", "/v1/me", Authorization=f"Bearer {token}").status == 401
        assert Token.objects.count() == 0

    def test_are_refused_beside_a_session(self, http, as_ada, ada, app):
        token = make_token(app["id"], ada.id, "read:profiles")

        assert as_ada("GET", "/v1/me", Authorization=f"Bearer {token}").status == 401


class TestIdentity:
    """What it costs to know who calls."""

    @pytest.mark.parametrize("kind", ["session", "token", "key"])
    def test_is_no_sql_and_at_most_one_trip_when_hot(self, as_ada, http, ada, app, kind):
        credential = {
            "session": lambda: issue_session_token(ada.id, now=clock.now()),
            "token": lambda: make_token(app["id"], ada.id, "read:profiles"),
            "key": lambda: make_key(as_ada, app).body["key"],
        }[kind]()

        def call():
            # A public read of nobody: whatever it costs without credentials, it may cost one trip more.
            return http("GET", "/v1/users?ids=1", Authorization=f"Bearer {credential}")

        call()
        forget_kept()
        with count_queries() as anonymous_sql, count_trips() as anonymous:
            http("GET", "/v1/users?ids=1")
        with count_queries() as sql, count_trips() as trips:
            assert call().status == 200

        assert sql.total == anonymous_sql.total
        assert trips.trips - anonymous.trips == 1


class TestAudit:
    def test_names_every_change_of_an_app_and_its_keys(self, as_ada, ada, app):
        key = make_key(as_ada, app).body
        as_ada("POST", f"/v1/apps/{app['id']}/keys/{key['id']}/rotations", {})
        as_ada("DELETE", f"/v1/apps/{app['id']}/keys/{key['id']}")
        as_ada("POST", f"/v1/apps/{app['id']}/secrets")

        entries = as_ada("GET", f"/v1/apps/{app['id']}/audit?limit=2")
        rest = as_ada("GET", f"/v1/apps/{app['id']}/audit?limit=100&cursor={entries.body['next']}").body[
            "data"
        ]

        assert [entry["action"] for entry in [*entries.body["data"], *rest]] == [
            *("secret_rotated", "key_revoked", "key_rotated", "key_created", "app_registered")
        ]
        assert {entry["actor_id"] for entry in rest} == {str(ada.id)}

    @pytest.mark.parametrize("statement", ["DELETE FROM", "TRUNCATE", "UPDATE"])
    def test_cannot_be_changed(self, as_ada, app, statement):
        tail = " SET action = ''" if statement == "UPDATE" else ""

        with (
            pytest.raises(DatabaseError, match="append-only") as refusal,
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(f"{statement} accounts_auditentry{tail}")

        assert isinstance(refusal.value.__cause__, psycopg.errors.RaiseException)
        assert AuditEntry.objects.count() == 1
