"""A real browser for tests; where there is none they fail, for what they claim was not seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
TIMEOUT = 20_000.0  # milliseconds; only what fails waits so long
QUIET = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # Names for origins: siblings of one site (app.example.test, api.example.test) and strangers.
    "--host-resolver-rules=MAP *.test 127.0.0.1",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Open a headless Chromium; fail where this machine has none."""
    assert CHROMIUM.exists(), f"No {CHROMIUM}: apt-get install chromium."
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield opened
        opened.close()
