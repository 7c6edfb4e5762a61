"""Fixtures of search."""

from __future__ import annotations

from typing import Any

import pytest

from modules.search.schemas import SearchSettings


@pytest.fixture(autouse=True)
def unhurried(request: pytest.FixtureRequest, settings: Any) -> None:
    """Give searches time: on a busy machine a part of what is there would be missing, and say so."""
    if "stack" not in request.fixturenames:
        settings.SEARCH = SearchSettings(within_s=5)
