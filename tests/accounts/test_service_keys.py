"""Keys with which services call, for themselves or for the user whom they name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from modules.accounts.models import ServiceKey
from modules.accounts.services.account_status import suspend_account
from modules.accounts.services.accounts import set_roles
from modules.accounts.services.principals import forget_kept
from modules.accounts.services.sessions import hash_key
from modules.audit.models import AuditEntry
from tests.accounts.kit import APP, KEY, caller_of, make_key
from tests.kit.people import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(ada, http):
    set_roles(ada.id, ["operator"])
    return caller_of(http, ada.id)


class TestKeys:
    def test_are_shown_once_and_kept_as_digests(self, as_ada, registered):
        made = make_key(as_ada, registered)

        row = ServiceKey.objects.get()
        assert made.status == 201
        assert made.body["key"].startswith("bk_live_")
        assert row.key_hash == hash_key(made.body["key"])
        listed = as_ada("GET", f"/v1/apps/{registered['id']}/keys").body["data"]
        assert listed == [{name: part for name, part in made.body.items() if name != "key"}]

    def test_of_a_repeat_are_not_shown(self, as_ada, registered):
        path = f"/v1/apps/{registered['id']}/keys"
        first = as_ada("POST", path, KEY, Idempotency_Key="one").body

        again = as_ada("POST", path, KEY, Idempotency_Key="one")

        assert again.body == first | {"key": None}
        assert ServiceKey.objects.count() == 1

    def test_call_for_their_app_within_their_scopes(self, as_ada, http, registered):
        key = make_key(as_ada, registered).body["key"]

        assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {key}").status == 200
        me = http("GET", "/v1/me", Authorization=f"Bearer {key}")
        posting = http("POST", "/v1/posts", {"text": "Hello"}, Authorization=f"Bearer {key}")
        assert (me.status, me.body["code"]) == (403, "user_required")
        assert (posting.status, posting.body["code"]) == (403, "insufficient_scope")

    def test_note_when_they_were_used(self, as_ada, http, registered):
        key = make_key(as_ada, registered).body["key"]

        http("GET", "/v1/users?ids=1", Authorization=f"Bearer {key}")

        assert as_ada("GET", f"/v1/apps/{registered['id']}/keys").body["data"][0]["last_used_at"] is not None

    def test_end_at_once_when_revoked(self, as_ada, http, registered):
        made = make_key(as_ada, registered).body
        assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {made['key']}").status == 200

        assert as_ada("DELETE", f"/v1/apps/{registered['id']}/keys/{made['id']}").status == 204
        assert as_ada("DELETE", f"/v1/apps/{registered['id']}/keys/{made['id']}").status == 204

        forget_kept()  # what another process, or this one two seconds later, knows
        assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {made['key']}").status == 401

    def test_give_way_to_successors_with_overlap(self, as_ada, http, registered):
        old = make_key(as_ada, registered).body
        path = f"/v1/apps/{registered['id']}/keys/{old['id']}/rotations"

        new = as_ada("POST", path, {"overlap_seconds": 60}).body

        forget_kept()
        assert new["scopes"] == old["scopes"]
        for key in (old["key"], new["key"]):
            assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {key}").status == 200
        left = (
            ServiceKey.objects.get(id=old["id"]).expires_at - ServiceKey.objects.get(id=new["id"]).created_at
        )
        assert left == timedelta(seconds=60)

    def test_end_at_once_when_rotated_without_overlap(self, as_ada, http, registered):
        old = make_key(as_ada, registered).body
        assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {old['key']}").status == 200

        as_ada("POST", f"/v1/apps/{registered['id']}/keys/{old['id']}/rotations", {"overlap_seconds": 0})

        forget_kept()
        assert http("GET", "/v1/users?ids=1", Authorization=f"Bearer {old['key']}").status == 401

    def test_are_nothing_for_a_public_app(self, as_ada):
        public = as_ada("POST", "/v1/apps", APP | {"type": "public"}).body

        answer = make_key(as_ada, public)

        assert (answer.status, answer.body["code"], ServiceKey.objects.count()) == (422, "public_app", 0)

    def test_stop_at_ten(self, as_ada, registered):
        assert [make_key(as_ada, registered).status for _ in range(11)] == [201] * 10 + [422]

    @pytest.mark.parametrize("change", [{"days": 0}, {"days": 366}, {"scopes": ["openid"]}, {"days": "9"}])
    def test_are_refused_with_a_pointer(self, as_ada, registered, change):
        answer = make_key(as_ada, registered, **change)

        assert (answer.status, ServiceKey.objects.count()) == (400, 0)
        assert answer.body["errors"][0]["pointer"].startswith(f"/{next(iter(change))}")

    def test_are_never_read_from_the_query_string(self, as_ada, http, registered):
        key = make_key(as_ada, registered).body["key"]

        assert http("GET", f"/v1/me?access_token={key}").status == 401


class TestOnBehalf:
    def test_is_an_operator_s_to_give(self, as_ada, registered):
        answer = make_key(as_ada, registered, may_act_for_users=True)

        assert (answer.status, answer.body["code"], ServiceKey.objects.count()) == (403, "operators_only", 0)

    def test_acts_as_the_user_and_is_on_record(self, operator, http, make_account):
        registered = operator("POST", "/v1/apps", APP).body
        made = make_key(operator, registered, may_act_for_users=True, scopes=["write:posts"]).body
        vera = make_account("vera")
        named = {"Authorization": f"Bearer {made['key']}", "Banyan_On_Behalf_Of": str(vera.id)}

        answer = http("POST", "/v1/posts", {"text": "Hello"}, **named)

        assert (answer.status, answer.body["author_id"]) == (201, str(vera.id))
        newest = operator("GET", f"/v1/apps/{registered['id']}/audit").body["data"][0]
        assert (newest["action"], newest["key_id"], newest["user_id"]) == (
            "request",
            made["id"],
            str(vera.id),
        )
        assert (newest["method"], newest["path"]) == ("POST", "/v1/posts")

    def test_stays_within_the_key_s_scopes(self, operator, http, make_account):
        registered = operator("POST", "/v1/apps", APP).body
        key = make_key(operator, registered, may_act_for_users=True).body["key"]
        named = {"Authorization": f"Bearer {key}", "Banyan_On_Behalf_Of": str(make_account("vera").id)}

        assert http("POST", "/v1/posts", {"text": "Hello"}, **named).status == 403
        assert http("GET", "/v1/apps", **named).status == 403

    @pytest.mark.parametrize("named", ["0", "-1", "abc", "", "01", "1 ", str(2**63), "1,2"])
    def test_refuses_what_names_nobody(self, operator, http, named):
        registered = operator("POST", "/v1/apps", APP).body
        key = make_key(operator, registered, may_act_for_users=True).body["key"]

        answer = http("GET", "/v1/me", Authorization=f"Bearer {key}", Banyan_On_Behalf_Of=named)

        assert (answer.status, answer.body["errors"][0]["header"]) == (400, "Banyan-On-Behalf-Of")

    def test_knows_neither_absent_nor_inactive_users(self, operator, http, make_account):
        registered = operator("POST", "/v1/apps", APP).body
        key = make_key(operator, registered, may_act_for_users=True).body["key"]
        locked = make_account("vera").id
        suspend_account(locked, now=NOON)

        for user_id in (locked, 12345):
            answer = http("GET", "/v1/me", Authorization=f"Bearer {key}", Banyan_On_Behalf_Of=str(user_id))
            assert (answer.status, answer.body["code"]) == (404, "on_behalf_unknown")
        assert AuditEntry.objects.filter(action="request").count() == 0

    def test_is_refused_to_a_session_and_to_a_plain_key(self, as_ada, http, ada, registered):
        key = make_key(as_ada, registered).body["key"]

        of_session = as_ada("GET", "/v1/me", Banyan_On_Behalf_Of=str(ada.id))
        of_key = http("GET", "/v1/me", Authorization=f"Bearer {key}", Banyan_On_Behalf_Of=str(ada.id))

        assert [answer.body["code"] for answer in (of_session, of_key)] == ["on_behalf_not_allowed"] * 2

    def test_is_refused_without_credentials_before_a_cookie_acts_instead(self, http, make_account):
        named = str(make_account("vera").id)

        answer = http("GET", "/v1/users?ids=1", Banyan_On_Behalf_Of=named)

        assert (answer.status, answer.body["code"]) == (403, "on_behalf_not_allowed")

    def test_does_not_outlive_the_operator_in_a_rotation(self, operator, http, ada):
        registered = operator("POST", "/v1/apps", APP).body
        made = make_key(operator, registered, may_act_for_users=True).body
        set_roles(ada.id, [])

        answer = caller_of(http, ada.id)(
            "POST", f"/v1/apps/{registered['id']}/keys/{made['id']}/rotations", {}
        )

        assert (answer.status, answer.body["code"], ServiceKey.objects.count()) == (403, "operators_only", 1)
