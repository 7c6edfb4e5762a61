"""Fixtures that the conftest of several folders imports by name, each for its folder."""

from __future__ import annotations

import pytest

from modules.accounts.services.principals import forget_kept
from modules.graph.selectors.pulled import forget_pulled
from modules.timelines.selectors.rankings import forget_rankings
from tests.kit.delivery import drain
from tests.kit.http import Http
from tests.kit.people import Person, make_newcomer
from tests.kit.redis import reconnect


@pytest.fixture(autouse=True)
def clean_process() -> None:
    """
    Let a process remember nothing of an earlier test, which was wiped.

    A test that stopped Redis leaves a breaker open for two seconds, and the next one has its own.
    """
    forget_kept()
    forget_pulled()
    forget_rankings()
    reconnect()


@pytest.fixture
def http() -> Http:
    return Http()


@pytest.fixture
def ada(db) -> Person:
    """Somebody on instance `a`, new: the profile is made when the news is delivered."""
    return make_newcomer("ada", shard=3)


@pytest.fixture
def grace(db) -> Person:
    """Somebody on another shard of the same instance."""
    return make_newcomer("grace", shard=4)


@pytest.fixture
def vera(db) -> Person:
    """Somebody on instance `b`."""
    return make_newcomer("vera", shard=4000)


@pytest.fixture
def redeliver(db):
    """Deliver what is recorded, each delivery so many times."""
    return drain
