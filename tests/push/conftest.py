"""What tests of push share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from modules.push.services import circuits
from tests.kit.fixtures import clean_process, http
from tests.push.kit import Service, running_service

__all__ = ["clean_process", "http"]


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    """A push service that may be at a private address; nothing is believed of any."""
    circuits.forget()
    with running_service() as running:
        settings.PUSH = replace(settings.PUSH, private_hosts=frozenset([running.host]), within_s=2.0)
        yield running
