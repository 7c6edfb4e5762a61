"""A folder for each picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modules.media.processing import Outcome, process

Processed = Callable[[bytes], tuple[Outcome, Path]]


@pytest.fixture
def processed(tmp_path: Path) -> Processed:
    """Process bytes as a file called something else; returns the outcome and where its variants lie."""

    def run(data: bytes) -> tuple[Outcome, Path]:
        number = len(list(tmp_path.iterdir()))
        target = tmp_path / str(number)
        target.mkdir()
        source = target.with_suffix(".txt")
        source.write_bytes(data)
        return process(source, target), target

    return run
