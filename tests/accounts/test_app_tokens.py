"""What the tokens of apps may do, and how a caller without the right ones is told."""

from __future__ import annotations

import pytest
from allauth.idp.oidc.models import Token

from modules.accounts.services.principals import forget_kept
from modules.accounts.services.sessions import issue_session_token
from modules.kernel import clock
from modules.kernel.redis.client import count_trips
from sharding.testing import count_queries
from tests.accounts.kit import make_key
from tests.kit.tokens import make_token

pytestmark = pytest.mark.django_db


class TestChallenge:
    """What WWW-Authenticate says (RFC 6750, 3.1)."""

    def test_names_no_error_to_who_sent_nothing(self, http):
        assert http("GET", "/v1/me").headers["WWW-Authenticate"] == 'Bearer realm="banyan"'

    @pytest.mark.parametrize("header", ["X_Session_Token", "Authorization"])
    def test_says_that_a_credential_is_dead(self, http, header):
        answer = http("GET", "/v1/me", **{header: "Bearer dead" if header == "Authorization" else "dead"})

        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="banyan", error="invalid_token"'

    def test_names_the_scope_that_would_reach(self, http, ada, registered):
        token = make_token(registered["id"], ada.id, "read:profiles")

        answer = http("POST", "/v1/posts", {"text": "Hello"}, Authorization=f"Bearer {token}")

        assert answer.status == 403
        assert answer.headers["WWW-Authenticate"] == (
            'Bearer realm="banyan", error="insufficient_scope", scope="write:posts"'
        )

    def test_names_no_scope_that_nobody_can_grant(self, http, ada, registered):
        token = make_token(registered["id"], ada.id, "read:profiles")

        answer = http("GET", "/v1/apps", Authorization=f"Bearer {token}")

        assert (answer.status, "WWW-Authenticate" in answer.headers) == (403, False)


class TestTokens:
    def test_act_for_the_user_within_their_scopes(self, http, ada, registered):
        token = make_token(registered["id"], ada.id, "read:profiles")
        bearer = {"Authorization": f"Bearer {token}"}

        assert http("GET", "/v1/me", **bearer).body["data"]["id"] == str(ada.id)
        refused = http("POST", "/v1/posts", {"text": "Hello"}, **bearer)
        assert (refused.status, refused.body["code"]) == (403, "insufficient_scope")
        assert http("GET", "/v1/apps", **bearer).status == 403

    def test_without_a_scope_reach_nothing(self, http, ada, registered):
        token = make_token(registered["id"], ada.id)

        assert http("GET", "/v1/me", Authorization=f"Bearer {token}").status == 403

    def test_of_an_app_for_itself_act_for_no_user(self, http, registered):
        token = make_token(registered["id"], None, "read:profiles")

        answer = http("GET", "/v1/me", Authorization=f"Bearer {token}")

        assert (answer.status, answer.body["code"]) == (403, "user_required")

    def test_die_with_a_new_password(self, http, ada, registered):
        from modules.accounts.services.accounts import set_password

        token = make_token(registered["id"], ada.id, "read:profiles")
        assert http("GET", "/v1/me", Authorization=f"Bearer {token}").status == 200

        set_password(ada.id, "quite another one")

        forget_kept()
        assert http("GET", "/v1/me", Authorization=f"Bearer {token}").status == 401
        assert Token.objects.count() == 0

    def test_are_refused_beside_a_session(self, http, as_ada, ada, registered):
        token = make_token(registered["id"], ada.id, "read:profiles")

        assert as_ada("GET", "/v1/me", Authorization=f"Bearer {token}").status == 401


class TestIdentity:
    """What it costs to know who calls."""

    @pytest.mark.parametrize("kind", ["session", "token", "key"])
    def test_is_no_sql_and_at_most_one_trip_when_hot(self, as_ada, http, ada, registered, kind):
        credential = {
            "session": lambda: issue_session_token(ada.id, now=clock.now()),
            "token": lambda: make_token(registered["id"], ada.id, "read:profiles"),
            "key": lambda: make_key(as_ada, registered).body["key"],
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
