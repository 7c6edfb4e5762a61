"""What every test of posts starts from."""

import pytest

from tests.kit.fixtures import clean_process, redeliver
from tests.kit.people import make_person

__all__ = ["clean_process", "redeliver"]


@pytest.fixture
def ada():
    return make_person(shard=3)


@pytest.fixture
def vera():
    """Somebody on the other instance."""
    return make_person(shard=4000)
