"""What every test of posts and timelines starts from."""

import pytest

from modules.kernel.redis import client as redis_client


@pytest.fixture(autouse=True)
def _closed_breaker() -> None:
    """A test that stopped Redis leaves the breaker open for two seconds, and this one has its own."""
    redis_client.forget_clients()
