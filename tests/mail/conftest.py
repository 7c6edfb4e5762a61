"""Mails are tried as accounts has them sent."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.fixtures import clean_process, http
from tests.kit.smtp import Sink, listening

__all__ = ["clean_process", "http"]


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A mail server that takes what is sent to it, in the clear."""
    with listening(settings) as sink:
        yield sink
