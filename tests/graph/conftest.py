"""Fixtures of the graph's tests; profiles' tests take them over."""

from __future__ import annotations

import pytest

from modules.accounts.services.principals import forget_kept
from modules.graph.selectors.pulled import forget_pulled
from sharding.testing import count_queries
from tests.graph.people import Person, deliver_all, make_person, reconnect


@pytest.fixture(autouse=True)
def _clean_process() -> None:
    """A process must not remember what an earlier test has wiped."""
    forget_kept()
    forget_pulled()
    reconnect()


@pytest.fixture
def ada(db) -> Person:
    """Somebody on instance `a`."""
    return make_person("ada", shard=3)


@pytest.fixture
def grace(db) -> Person:
    """Somebody on another shard of the same instance."""
    return make_person("grace", shard=4)


@pytest.fixture
def vera(db) -> Person:
    """Somebody on instance `b`."""
    return make_person("vera", shard=4000)


@pytest.fixture
def count_reads():
    """Count the statements of a block, over all databases."""
    return count_queries


@pytest.fixture
def redeliver(db):
    """Deliver what is recorded, each delivery so many times."""
    return lambda *, times: deliver_all(times=times)
