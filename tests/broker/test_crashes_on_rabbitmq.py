"""The crash suite, word for word, on RabbitMQ."""

import pytest

from tests.kit.crashes import TestAKill, TestGarbageInTheBroker, pair

__all__ = ["TestAKill", "TestGarbageInTheBroker", "pair"]

pytestmark = pytest.mark.django_db
