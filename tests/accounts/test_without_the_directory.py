"""The directory is away: whoever was known goes on for a while, and whoever was ended stays so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from modules.accounts.services.principals import entry_key, forget_kept, recognize
from modules.accounts.services.sessions import end_session, hash_key, issue_session_token
from modules.kernel.principals import Principal
from modules.kernel.redis.servers import redis
from sharding.errors import InstanceUnavailable
from sharding.testing import count_queries
from tests.kit.people import NOON

pytestmark = pytest.mark.django_db

A_MINUTE_LATER = NOON + timedelta(seconds=61)


@pytest.fixture
def token(ada) -> str:
    """Of a session that Redis has known for a minute."""
    token = issue_session_token(ada.id, now=NOON)
    recognize(token, now=NOON)
    redis("directory").run(("PEXPIRE", entry_key(hash_key(token)), 59_000))
    forget_kept()
    return token


class TestRecognize:
    def test_asks_the_directory_once_a_minute(self, ada, token):
        with count_queries() as first:
            recognize(token, now=A_MINUTE_LATER)
        forget_kept()
        with count_queries() as second:
            recognize(token, now=A_MINUTE_LATER)

        assert (first.total, second.total) == (1, 0)

    def test_believes_redis_longer_where_the_directory_cannot_be_asked(self, ada, token, stack):
        stack.kill("default")

        assert recognize(token, now=A_MINUTE_LATER) == Principal(id=ada.id, epoch=1)

    def test_does_not_believe_what_ended_before(self, token, stack):
        end_session(token)
        stack.kill("default")
        forget_kept()

        with pytest.raises(InstanceUnavailable):
            recognize(token, now=A_MINUTE_LATER)

    def test_knows_nobody_for_ever(self, ada, token, stack):
        stack.kill("default")
        redis("directory").run(("PEXPIRE", entry_key(hash_key(token)), 0))

        with pytest.raises(InstanceUnavailable):
            recognize(token, now=A_MINUTE_LATER)
