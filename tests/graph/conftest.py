"""People of the graph, on both instances, and how often a block asks a database."""

from __future__ import annotations

import pytest

from modules.graph.public import set_private
from sharding.testing import count_queries
from tests.kit.fixtures import ada, clean_process, grace, redeliver, vera

__all__ = ["ada", "clean_process", "grace", "redeliver", "vera"]


@pytest.fixture
def count_reads():
    """Count the statements of a block, over all databases."""
    return count_queries


@pytest.fixture
def star(vera):
    """Somebody private, on `b`; Ada and Grace are on `a`."""
    set_private(vera.id, True)
    return vera
