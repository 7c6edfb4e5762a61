"""Journeys, word for word, of processes that reach databases through PgBouncer in transaction mode."""

import pytest

from tests.journeys.test_a_post_reaches_home import TestAPostReachesHome
from tests.journeys.test_idempotency import TestAKillOfTheWorker, TestTwentyAtOnce, ada, api, gate
from tests.journeys.test_revocation import TestAKey, TestASession, here, there
from tests.kit.crashes import TestAKill, pair

__all__ = [
    "TestAKey",
    "TestAKill",
    "TestAKillOfTheWorker",
    "TestAPostReachesHome",
    "TestASession",
    "TestTwentyAtOnce",
    "ada",
    "api",
    "gate",
    "here",
    "pair",
    "there",
]

pytestmark = pytest.mark.django_db
