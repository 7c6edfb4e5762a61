"""An empty Redis for tests of windows alone, and windows small enough to overflow."""

from dataclasses import replace

import pytest

from modules.kernel.redis.servers import redis
from tests.kit.fixtures import clean_process

__all__ = ["clean_process"]


@pytest.fixture
def clean_redis(stack_of_run) -> None:
    redis("a").run(("FLUSHDB",))


@pytest.fixture
def small_windows(settings) -> None:
    """Twelve entries, three of slack, pulls of five: so that a few posts reach every edge."""
    settings.TIMELINES = replace(settings.TIMELINES, window_size=12, slack=3, pull_size=5, pulled_size=4)
