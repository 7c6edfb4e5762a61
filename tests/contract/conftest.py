"""One browser and one API for the tests that drive pages; each test gets a profile without cookies."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.contract.browsers import chromium
from tests.contract.front_ends import FrontEnd

PATIENCE = 20_000.0  # milliseconds; only what fails waits so long
expect.set_options(timeout=PATIENCE)
# Playwright keeps a loop running in this thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Playwright keeps a loop running as long as this: no longer than the tests that want it."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def profile(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def tab(profile: BrowserContext) -> Page:
    return profile.new_page()


@pytest.fixture(scope="session")
def front_end() -> Iterator[FrontEnd]:
    """An app of its own origin, to which the pages lead."""
    served = FrontEnd()
    yield served
    served.close()
