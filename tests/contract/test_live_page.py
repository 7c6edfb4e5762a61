"""`/live` in a browser: two people of the demo in two windows see each other's doings without reloading."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from deploy.demo.source import FAMOUS, PASSWORD
from deploy.embedded import ports
from deploy.embedded.layout import ROOT
from tests.kit.client import Client
from tests.kit.machines import Api, Machines, until
from tests.kit.production import PRODUCTION

pytestmark = pytest.mark.django_db

WITHIN_MS = 10_000
RESOLVE = """
import django
django.setup()
from django.urls import is_valid_path
print(*[path for path in ("/ops", "/live", "/live/assets/live.js") if is_valid_path(path)])
"""


@pytest.fixture(scope="module")
def api_of_module(machines_of_module: Machines) -> Api:
    return machines_of_module.run_api(BANYAN_REALTIME_URL=f"http://127.0.0.1:{ports.free_port()}")


@pytest.fixture(scope="module")
def realtime(api_of_module: Api, machines_of_module: Machines) -> Api:
    port = int(str(api_of_module.program.env["BANYAN_REALTIME_URL"]).rpartition(":")[2])
    return machines_of_module.run_realtime(port, BANYAN_CORS_ORIGINS=api_of_module.url)


@pytest.fixture
def people(live_api: Api) -> None:
    """Make the two people of the demo whom the page knows."""
    for name in FAMOUS[:2]:
        client, body = Client(live_api.url, username=name), {"username": name, "password": PASSWORD}
        answer = client.call("POST", "/auth/app/v1/auth/signup", {**body, "email": f"{name}@example.org"})
        client.token, client.id = answer.body["meta"]["session_token"], answer.body["data"]["user"]["id"]
        until(client.counts)


@pytest.fixture
def enter(live_api: Api, realtime: Api, people: None, profile: BrowserContext) -> Callable[[str], Page]:
    """Open a window and be somebody in it; what the browser complains of fails the test."""

    def open_window(name: str) -> Page:
        window = profile.new_page()
        window.complaints = []
        window.on("console", lambda said: _keep(window, said.text) if said.type == "error" else None)
        window.on("pageerror", lambda fault: _keep(window, str(fault)))
        window.goto(f"{live_api.url}/live")
        window.get_by_role("button", name=name, exact=True).click()
        expect(window.get_by_role("status")).to_have_text("live")
        window.evaluate("window.isTheSame = true")
        return window

    return open_window


def _keep(window: Page, words: str) -> None:
    window.complaints.append(words)


def listed(window: Page, id: str, words: str) -> Locator:
    return window.locator(f"#{id} li", has_text=words)


def test_a_follow_a_post_and_a_reaction_are_seen_in_the_other_window(enter):
    ada, grace = enter("ada"), enter("grace")

    ada.get_by_role("button", name="Follow grace").click()
    expect(listed(grace, "notifications", "ada: follows you")).to_be_visible(timeout=WITHIN_MS)
    expect(grace.locator("#relation")).to_have_text("ada follows you.")
    expect(ada.get_by_role("button", name="Unfollow grace", pressed=True)).to_be_visible()

    grace.get_by_label("Say something").fill("Hello, <b>forest</b>")
    grace.get_by_role("button", name="Post").click()
    seen = listed(ada, "home", "Hello, <b>forest</b>")
    expect(seen).to_be_visible(timeout=WITHIN_MS)

    seen.get_by_role("button", name="0 likes").click()
    expect(listed(grace, "notifications", "ada: likes your post")).to_be_visible(timeout=WITHIN_MS)
    expect(listed(grace, "home", "forest").get_by_role("button", name="1 like")).to_be_visible(
        timeout=WITHIN_MS
    )
    expect(seen.get_by_role("button", name="1 like", pressed=True)).to_be_visible(timeout=WITHIN_MS)

    for window in (ada, grace):
        assert window.evaluate("window.isTheSame") is True
        assert window.complaints == []


def test_goes_on_over_a_socket_that_broke_and_as_nobody_after_a_log_out(enter, realtime):
    ada, grace = enter("ada"), enter("grace")

    realtime.kill()
    ada.get_by_role("button", name="Follow grace").click()
    expect(ada.get_by_role("button", name="Unfollow grace")).to_be_visible()
    realtime.start()

    expect(listed(grace, "notifications", "ada: follows you")).to_be_visible(timeout=30_000)
    ada.get_by_role("button", name="Log out").click()
    expect(ada.get_by_role("button", name="ada", exact=True)).to_be_visible()
    ada.reload()
    expect(ada.get_by_role("button", name="ada", exact=True)).to_be_visible()


def test_is_not_there_in_production(machines_of_module):
    env = {**machines_of_module.env, **PRODUCTION}

    found = subprocess.run(
        [sys.executable, "-c", RESOLVE], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )

    assert found.stdout.split() == ["/ops"], found.stderr


def test_is_as_strict_as_a_page_can_be(live_api, people):
    answer = httpx.get(f"{live_api.url}/live")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws://" in policy
    assert "unsafe" not in policy
    assert httpx.get(f"{live_api.url}/live/assets/page.html").status_code == 404
