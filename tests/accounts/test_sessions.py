"""Sessions outlive Redis; log-outs too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from modules.accounts.errors import AccountNotFound
from modules.accounts.events import SessionEnded, SessionsRevoked
from modules.accounts.models import Session
from modules.accounts.services.account_status import suspend_account
from modules.accounts.services.accounts import end_all_sessions, set_password, set_roles
from modules.accounts.services.principals import forget_kept, recognize
from modules.accounts.services.sessions import (
    end_session,
    forget_expired_sessions,
    hash_key,
    issue_session_token,
    make_room_for_session,
)
from modules.accounts.tasks import forget_ended_session, forget_revoked_sessions
from modules.kernel.principals import Principal
from modules.kernel.redis.client import RedisUnavailable, count_trips
from modules.kernel.redis.servers import redis
from sharding.scope import Once
from sharding.testing import count_queries
from tests.kit.delivery import announced
from tests.kit.people import NOON
from tests.kit.redis import reconnect

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(seconds=2)
ONCE = Once(scope="test", key="1")


@pytest.fixture
def token(ada) -> str:
    return issue_session_token(ada.id, now=NOON)


def recognize_elsewhere(token, *, now=NOON):
    """Recognize as another process would, which keeps nothing of ours."""
    forget_kept()
    return recognize(token, now=now)


class TestMakeRoomForSession:
    def test_ends_what_was_not_used_for_longest_and_nothing_of_others(self, ada, make_account, monkeypatch):
        monkeypatch.setattr("modules.accounts.services.sessions.MOST", 3)
        tokens = [issue_session_token(ada.id, now=NOON + timedelta(seconds=at)) for at in range(4)]
        other = issue_session_token(make_account("grace").id, now=NOON)

        make_room_for_session(ada.id)

        left = {row.key_hash for row in Session.objects.all()}
        assert left == {hash_key(token) for token in (*tokens[2:], other)}


class TestRecognize:
    def test_gives_the_principal(self, ada, token):
        assert recognize(token, now=NOON) == Principal(id=ada.id, epoch=1)

    def test_gives_the_roles(self, ada):
        set_roles(ada.id, ["moderator", "staff"])

        token = issue_session_token(ada.id, now=NOON)

        expected = Principal(id=ada.id, epoch=2, roles=frozenset({"moderator", "staff"}))
        assert recognize(token, now=NOON) == expected
        assert recognize_elsewhere(token) == expected

    def test_gives_nobody_for_an_unknown_key(self, db):
        assert recognize("unknown", now=NOON) is None

    def test_gives_nobody_for_an_expired_session(self, token):
        assert recognize(token, now=NOON + timedelta(days=31)) is None

    def test_costs_nothing_within_two_seconds(self, token):
        recognize(token, now=NOON)

        with count_queries() as queries, count_trips() as trips:
            recognize(token, now=NOON + timedelta(seconds=1.9))

        assert (queries.total, trips.trips) == (0, 0)

    def test_costs_one_trip_and_no_query_when_hot(self, token):
        recognize(token, now=NOON)

        with count_queries() as queries, count_trips() as trips:
            recognize(token, now=LATER)

        assert (queries.total, trips.trips) == (0, 1)

    def test_costs_one_query_of_the_directory_when_cold(self, token):
        with count_queries() as queries:
            recognize(token, now=NOON)

        assert queries.by_alias == {"default": 1}

    def test_keeps_a_bounded_number(self, ada, token, monkeypatch):
        monkeypatch.setattr("modules.accounts.services.principals.MAX_CACHED", 1)
        recognize(token, now=NOON)
        recognize(issue_session_token(ada.id, now=NOON), now=NOON)

        with count_trips() as trips:
            recognize(token, now=NOON)

        assert trips.trips == 1

    def test_prolongs_a_session_in_use(self, token):
        moment = NOON + timedelta(hours=2)

        recognize(token, now=moment)

        assert Session.objects.values_list("last_seen_at", "expires_at").get() == (
            moment,
            moment + timedelta(days=30),
        )


class TestWithoutRedis:
    def test_a_flush_logs_nobody_out(self, ada, token, stack):
        recognize(token, now=NOON)
        stack.flush_redis()

        with count_queries() as queries:
            principal = recognize_elsewhere(token, now=LATER)

        assert (principal.id, queries.total) == (ada.id, 1)

    def test_an_outage_logs_nobody_out(self, ada, token, stack):
        recognize(token, now=NOON)
        stack.stop_redis()

        assert recognize_elsewhere(token, now=LATER).id == ada.id

    def test_a_log_out_during_an_outage_stays_one(self, token, stack):
        recognize(token, now=NOON)
        [entry] = redis("directory").run(("GET", f"sess:{hash_key(token)}"))
        stack.stop_redis()
        end_session(token)
        assert recognize_elsewhere(token) is None

        # Redis was only out of reach: it comes back with what it knew, and then the event is delivered.
        stack.start_redis()
        [session_id] = [int(entry.split(b":")[1])]
        reconnect()
        redis("directory").run(("SET", f"sess:{hash_key(token)}", entry))
        forget_ended_session(SessionEnded(user_id=1, session_id=session_id), ONCE)

        assert recognize_elsewhere(token) is None

    def test_the_news_waits_for_redis(self, ada, stack):
        stack.stop_redis()

        with pytest.raises(RedisUnavailable):
            forget_ended_session(SessionEnded(user_id=ada.id, session_id=1), ONCE)


class TestAnEpochThatCannotBeRead:
    @pytest.mark.parametrize("poison", [("SET", b"garbage"), ("SET", b""), ("RPUSH", b"9"), ("HSET", "a", 1)])
    def test_brings_nobody_back_and_is_mended(self, ada, token, poison):
        other = issue_session_token(ada.id, now=NOON)
        recognize(token, now=NOON)
        recognize(other, now=NOON)
        entries = [
            (f"sess:{hash_key(held)}", redis("directory").run(("GET", f"sess:{hash_key(held)}"))[0])
            for held in (token, other)
        ]
        end_all_sessions(ada.id)
        mark, (command, *value) = f"auth:epoch:{ada.id}", poison
        redis("directory").run(
            *[("SET", *entry) for entry in entries], ("DEL", mark), (command, mark, *value)
        )

        assert [recognize_elsewhere(held) for held in (token, other)] == [None, None]
        assert redis("directory").run(("GET", mark)) == [b"2"]

    def test_gives_way_to_a_raise(self, ada, token):
        recognize(token, now=NOON)
        redis("directory").run(("RPUSH", f"auth:epoch:{ada.id}", "x"))

        end_all_sessions(ada.id)

        assert redis("directory").run(("GET", f"auth:epoch:{ada.id}")) == [b"2"]


class TestEndSession:
    def test_acts_at_once_in_other_processes(self, token):
        recognize(token, now=NOON)

        end_session(token)

        assert recognize_elsewhere(token) is None

    def test_acts_here_within_two_seconds(self, token):
        recognize(token, now=NOON)

        end_session(token)

        assert recognize(token, now=LATER) is None

    def test_beats_a_slow_reader(self, token):
        recognize(token, now=NOON)
        [entry] = redis("directory").run(("GET", f"sess:{hash_key(token)}"))
        end_session(token)

        # A reader that saw the row before it was deleted writes what it saw only now.
        redis("directory").run(("SET", f"sess:{hash_key(token)}", entry))

        assert recognize_elsewhere(token) is None

    def test_announces_it(self, ada, token):
        session_id = Session.objects.get().id

        end_session(token)

        assert announced("accounts.session_ended.v1") == [{"user_id": ada.id, "session_id": session_id}]

    def test_bears_a_repeat(self, token):
        end_session(token)
        end_session(token)

        assert len(announced("accounts.session_ended.v1")) == 1


REVOCATIONS = {
    "password": lambda user_id: set_password(user_id, "another long walk"),
    "roles": lambda user_id: set_roles(user_id, ["staff"]),
    "lock": lambda user_id: suspend_account(user_id, now=NOON),
    "log out everywhere": end_all_sessions,
}


class TestRevocation:
    @pytest.mark.parametrize("revoke", REVOCATIONS.values(), ids=REVOCATIONS)
    def test_ends_every_session_within_two_seconds(self, ada, revoke):
        tokens = [issue_session_token(ada.id, now=NOON) for _ in range(2)]
        for token in tokens:
            recognize(token, now=NOON)

        revoke(ada.id)

        assert [recognize(token, now=LATER) for token in tokens] == [None, None]
        assert [recognize_elsewhere(token) for token in tokens] == [None, None]
        assert Session.objects.count() == 0

    def test_beats_a_slow_reader(self, ada, token):
        recognize(token, now=NOON)
        [entry] = redis("directory").run(("GET", f"sess:{hash_key(token)}"))
        end_all_sessions(ada.id)

        redis("directory").run(("SET", f"sess:{hash_key(token)}", entry))

        assert recognize_elsewhere(token) is None

    def test_leaves_later_sessions_alone(self, ada):
        end_all_sessions(ada.id)

        token = issue_session_token(ada.id, now=NOON)

        assert recognize(token, now=NOON) == Principal(id=ada.id, epoch=2)

    def test_leaves_other_accounts_alone(self, ada, token, make_account):
        end_all_sessions(make_account("bob").id)

        assert recognize_elsewhere(token).id == ada.id

    def test_announces_the_epoch(self, ada):
        end_all_sessions(ada.id)

        assert announced("accounts.sessions_revoked.v1") == [{"user_id": ada.id, "epoch": 2}]

    def test_never_goes_back_when_news_come_out_of_order(self, ada):
        forget_revoked_sessions(SessionsRevoked(user_id=ada.id, epoch=3), ONCE)
        forget_revoked_sessions(SessionsRevoked(user_id=ada.id, epoch=2), ONCE)

        assert redis("directory").run(("GET", f"auth:epoch:{ada.id}")) == [b"3"]

    def test_refuses_an_unknown_account(self, db):
        with pytest.raises(AccountNotFound):
            end_all_sessions(404)


class TestIssueSessionToken:
    def test_refuses_a_locked_account(self, ada):
        suspend_account(ada.id, now=NOON)

        with pytest.raises(AccountNotFound):
            issue_session_token(ada.id, now=NOON)


class TestForgetExpiredSessions:
    def test_forgets_them_in_batches(self, ada):
        for _ in range(5):
            issue_session_token(ada.id, now=NOON)
        alive = issue_session_token(ada.id, now=NOON + timedelta(days=1))

        forgotten = forget_expired_sessions(now=NOON + timedelta(days=30), batch=2)

        assert forgotten == 5
        assert Session.objects.values_list("key_hash", flat=True).get() == hash_key(alive)


class TestForgetEndedSession:
    def test_says_the_same_when_delivered_twice(self, ada, token):
        session_id = Session.objects.values_list("id", flat=True).get()
        other = issue_session_token(ada.id, now=NOON)
        event = SessionEnded(user_id=ada.id, session_id=session_id)

        forget_ended_session(event, ONCE)
        forget_ended_session(event, ONCE)

        assert redis("directory").run(("KEYS", "auth:ended:*")) == [[f"auth:ended:{session_id}".encode()]]
        assert recognize(other, now=NOON) == Principal(id=ada.id, epoch=1)


class TestForgetRevokedSessions:
    def test_says_the_same_when_delivered_twice(self, ada, make_account):
        bob = issue_session_token(make_account("bob").id, now=NOON)
        event = SessionsRevoked(user_id=ada.id, epoch=2)

        forget_revoked_sessions(event, ONCE)
        forget_revoked_sessions(event, ONCE)

        assert redis("directory").run(("GET", f"auth:epoch:{ada.id}")) == [b"2"]
        assert recognize(bob, now=NOON) is not None
