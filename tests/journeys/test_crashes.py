"""The crash suite on what `make up` runs: Redis is the broker."""

import pytest

from tests.kit.crashes import TestAKill, TestGarbageInTheBroker, pair

__all__ = ["TestAKill", "TestGarbageInTheBroker", "pair"]

pytestmark = pytest.mark.django_db
