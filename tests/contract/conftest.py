"""One browser and one API for the tests that drive pages; each test gets a profile without cookies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.contract.browsers import TIMEOUT, chromium
from tests.contract.front_ends import FrontEnd

expect.set_options(timeout=TIMEOUT)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Playwright keeps a loop running as long as this: no longer than the tests that want it."""
    with pytest.MonkeyPatch.context() as patch, chromium() as opened:
        # That loop Django takes for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield opened


@pytest.fixture
def profile(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.set_default_timeout(TIMEOUT)
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
