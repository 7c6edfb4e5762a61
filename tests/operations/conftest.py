"""What an earlier test wrote is replayed: a look gives a replica 0.3 s, and then it is behind."""

import pytest

from tests.kit.delivery import until_replicated
from tests.kit.fixtures import clean_process, http

__all__ = ["clean_process", "http"]


@pytest.fixture(autouse=True)
def _replicated(db: None) -> None:
    until_replicated()
