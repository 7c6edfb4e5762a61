"""Apps and their service keys, over HTTP."""

from __future__ import annotations

import psycopg
import pytest
from allauth.idp.oidc.models import Client as AppRow
from django.db import DatabaseError, connections

from modules.accounts.services.account_status import restore_account, suspend_account
from modules.accounts.services.accounts import set_roles
from modules.accounts.services.principals import forget_kept
from modules.audit.models import AuditEntry
from tests.accounts.kit import APP, KEY, caller_of, make_key
from tests.kit.people import NOON
from tests.kit.tokens import make_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(ada, http):
    set_roles(ada.id, ["operator"])
    return caller_of(http, ada.id)


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
            ({"redirect_uris": [APP["redirect_uris"][0], "https://a\\b"]}, "/redirect_uris/1"),
            ({"post_logout_redirect_uris": ["https://a\\b"]}, "/post_logout_redirect_uris/0"),
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

        assert (answer.status, [error["pointer"] for error in answer.body["errors"]]) == (400, [pointer])
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
    def test_change_what_was_sent(self, as_ada, registered):
        answer = as_ada("PATCH", f"/v1/apps/{registered['id']}", {"name": "Writer"}, If_Match="*")

        assert answer.body == {name: part for name, part in registered.items() if name != "secret"} | {
            "name": "Writer"
        }

    def test_change_nothing_that_changed_meanwhile(self, as_ada, registered):
        path = f"/v1/apps/{registered['id']}"
        seen = as_ada("GET", path).headers["ETag"]
        edited = as_ada("PATCH", path, {"name": "Writer"}, If_Match=seen)

        late = as_ada("PATCH", path, {"name": "Painter"}, If_Match=seen)
        blind = as_ada("PATCH", path, {"name": "Painter"})

        assert (edited.status, late.status, blind.status) == (200, 412, 428)
        assert as_ada("GET", path).body["name"] == "Writer"
        assert as_ada("GET", path, If_None_Match=edited.headers["ETag"]).status == 304

    def test_a_new_secret_ends_the_old_one(self, as_ada, registered):
        secret = as_ada("POST", f"/v1/apps/{registered['id']}/secrets").body["secret"]

        row = AppRow.objects.get()
        assert (row.check_secret(secret), row.check_secret(registered["secret"])) == (True, False)

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
    def test_treat_another_owner_s_app_as_absent(self, as_grace, registered, method, path, body):
        seen = {"If_Match": "*"} if method == "PATCH" else {}
        theirs = as_grace(method, f"/v1/apps/{registered['id']}{path}", body, **seen)
        absent = as_grace(method, f"/v1/apps/nothing{path}", body, **seen)

        assert (theirs.status, theirs.body["code"]) == (404, "app_not_found")
        hidden = {"instance", "request_id"}
        assert {k: v for k, v in theirs.body.items() if k not in hidden} == {
            k: v for k, v in absent.body.items() if k not in hidden
        }
        assert AppRow.objects.get().name == "Reader"

    def test_a_deleted_app_s_tokens_and_keys_end_at_once(self, as_ada, http, registered, ada):
        key = make_key(as_ada, registered).body["key"]
        token = make_token(registered["id"], ada.id, "read:profiles")
        for credential in (token, key):
            http("GET", "/v1/users?ids=1", Authorization=f"Bearer {credential}")

        assert as_ada("DELETE", f"/v1/apps/{registered['id']}").status == 204

        forget_kept()
        for credential in (token, key):
            assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {credential}").status == 401


class TestOwner:
    """An registered is as alive as the account that owns it."""

    @pytest.fixture
    def acts(self, operator, http, make_account):
        registered = operator("POST", "/v1/apps", APP | {"grant_types": ["client_credentials"]}).body
        key = make_key(operator, registered, may_act_for_users=True).body["key"]
        token = make_token(registered["id"], None, "read:profiles")
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

    def test_that_is_closed_takes_the_tokens_with_it_that_users_gave(
        self, ada, http, make_account, registered
    ):
        token = make_token(registered["id"], make_account("vera").id, "read:profiles")
        suspend_account(ada.id, now=NOON)

        assert http("GET", "/v1/me", Authorization=f"Bearer {token}").status == 401


class TestAudit:
    def test_names_every_change_of_an_app_and_its_keys(self, as_ada, ada, registered):
        key = make_key(as_ada, registered).body
        as_ada("POST", f"/v1/apps/{registered['id']}/keys/{key['id']}/rotations", {})
        as_ada("DELETE", f"/v1/apps/{registered['id']}/keys/{key['id']}")
        as_ada("POST", f"/v1/apps/{registered['id']}/secrets")

        entries = as_ada("GET", f"/v1/apps/{registered['id']}/audit?limit=2")
        rest = as_ada(
            "GET", f"/v1/apps/{registered['id']}/audit?limit=100&cursor={entries.body['next']}"
        ).body["data"]

        assert [entry["action"] for entry in [*entries.body["data"], *rest]] == [
            *("secret_rotated", "key_revoked", "key_rotated", "key_created", "app_registered")
        ]
        assert {entry["actor_id"] for entry in rest} == {str(ada.id)}

    @pytest.mark.parametrize("statement", ["DELETE FROM", "TRUNCATE", "UPDATE"])
    def test_cannot_be_changed(self, as_ada, registered, statement):
        tail = " SET action = ''" if statement == "UPDATE" else ""

        with (
            pytest.raises(DatabaseError, match="append-only") as refusal,
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(f"{statement} accounts_auditentry{tail}")

        assert isinstance(refusal.value.__cause__, psycopg.errors.RaiseException)
        assert AuditEntry.objects.count() == 1
