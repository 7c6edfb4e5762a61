"""What operators see of a live system of all processes: the page in a real browser, and the same as JSON."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from deploy.embedded import ports
from modules.accounts.public import set_roles
from modules.kernel.principals import OPERATOR
from tests.kit.client import PASSWORD, Client
from tests.kit.machines import Api, Machines, until

pytestmark = pytest.mark.django_db

# As the issue has it: seconds until an operator sees that an instance hangs.
SEEN_WITHIN = 5.0


@pytest.fixture(scope="module")
def api(machines_of_module: Machines) -> Api:
    """Run all that there is to be seen."""
    stack, port = machines_of_module, ports.free_port()
    stack.run_relay()
    stack.run_worker(BANYAN_WORKER_CONCURRENCY="1")
    return stack.run_api(BANYAN_WEB_WORKERS="1", BANYAN_REALTIME_URL=f"http://127.0.0.1:{port}")


@pytest.fixture(scope="module")
def realtime(api: Api, machines_of_module: Machines) -> Api:
    """Run what tells the page."""
    port = int(str(api.program.env["BANYAN_REALTIME_URL"]).rpartition(":")[2])
    return machines_of_module.run_realtime(port, BANYAN_CORS_ORIGINS=api.url)


@pytest.fixture
def operator(api: Api) -> Client:
    person = Client(api.url).sign_up("ada")
    set_roles(int(person.id), [OPERATOR])
    return person.log_in()


def look(operator: Client) -> dict[str, Any]:
    answer = operator.call("GET", "/v1/operations/status")
    assert answer.status == 200, answer
    found: dict[str, Any] = answer.body
    return found


def is_at_rest(operator: Client) -> bool:
    found = look(operator)
    return bool(found["is_well"]) and not any(
        each["waiting"] + each["recorded"] for each in found["outboxes"]
    )


def open_page(tab: Page, api: Api) -> list[str]:
    """Log in by the keyboard alone, arrive, and return what the browser complains of from here on."""
    complaints: list[str] = []
    tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    tab.on("pageerror", lambda fault: complaints.append(str(fault)))
    tab.goto(f"{api.url}/ops")
    expect(tab.get_by_label("Username or email")).to_be_focused()
    tab.keyboard.type("ada")
    tab.keyboard.press("Tab")
    expect(tab.get_by_label("Password")).to_be_focused()
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{api.url}/ops")
    return complaints


def row(tab: Page, table: str, name: str) -> Locator:
    return tab.locator(f"#{table} tbody tr", has=tab.get_by_role("rowheader", name=name, exact=True))


def test_json_says_what_there_is_and_when_a_process_falls_silent(api, operator, machines_of_module):
    beat = machines_of_module.run_beat()
    until(lambda: is_at_rest(operator) and look(operator)["beat"]["ticked_seconds"] is not None)

    found = look(operator)

    fields = ("name", "role", "primary", "state", "shards", "owned_shards", "lag_bytes", "turned_away_by")
    assert [tuple(each[name] for name in fields) for each in found["databases"]] == [
        ("directory", "directory", None, "ok", None, None, None, []),
        ("a", "instance", None, "ok", 2048, 2048, None, []),
        ("a_replica1", "replica", "a", "ok", None, None, 0, []),
        ("b", "instance", None, "ok", 2048, 2048, None, []),
    ]
    assert [(each["database"], each["leader"]["address"], each["dead"]) for each in found["outboxes"]] == [
        ("directory", "local", 0),
        ("a", "local", 0),
        ("b", "local", 0),
    ]
    assert [(each["name"], each["state"]) for each in found["redis"]] == [("directory, a, b", "ok")]
    assert {each["queue"]: each["messages"] for each in found["queues"]} == dict.fromkeys(
        ("default", "exports", "fanout", "mailings", "media", "mirrors", "periodic", "push"), 0
    )
    # Earlier tests may have left APIs for the next, which tell as well.
    told = [(each["kind"], each["state"], each["says"]) for each in found["processes"]]
    assert told[told.count(("api", "ok", "")) - 1 :] == [
        ("api", "ok", ""),
        ("worker", "ok", "consumes"),
        ("child of worker", "ok", ""),
        ("relay", "ok", "leads directory, a, b"),
        ("beat", "ok", "ticks"),
    ]
    assert found["beat"]["ticked_seconds"] < 20

    beat.kill()
    until(lambda: not look(operator)["is_well"])

    found = look(operator)
    assert found["troubles"] == [f"beat {beat.pid} on {found['processes'][-1]['host']} is silent."]
    assert found["beat"]["ticked_seconds"] > 5


def test_page_shows_a_frozen_instance_within_seconds_and_that_it_is_back(
    api, operator, realtime, machines_of_module, tab
):
    complaints = open_page(tab, api)
    expect(row(tab, "databases", "b")).to_contain_text("ok")

    frozen_at = time.monotonic()
    machines_of_module.freeze("b")
    try:
        expect(row(tab, "databases", "b")).to_contain_text("frozen", timeout=SEEN_WITHIN * 1000)
        seen_after = time.monotonic() - frozen_at
        asked_at = time.monotonic()
        found = look(operator)
        answered_after = time.monotonic() - asked_at
        expect(row(tab, "databases", "a")).to_contain_text("ok")
        expect(tab.get_by_role("list", name="Troubles")).to_contain_text("b takes connections")
    finally:
        machines_of_module.thaw("b")

    assert seen_after < SEEN_WITHIN
    assert answered_after < 2
    assert [each["state"] for each in found["databases"]] == ["ok", "ok", "ok", "frozen"]
    expect(row(tab, "databases", "b")).to_contain_text("ok")
    assert complaints == []


def test_page_is_told_and_asks_only_where_nobody_tells(api, operator, realtime, tab):
    asked: list[str] = []
    tab.on("request", lambda sent: asked.append(sent.url) if "operations/status" in sent.url else None)
    complaints = open_page(tab, api)

    until(lambda: tab.evaluate("isTold()"))
    asked.clear()
    before = tab.evaluate("seenAt")
    until(lambda: tab.evaluate("seenAt") > before + 2500)
    assert (asked, complaints) == ([], [])
    expect(row(tab, "databases", "a")).to_contain_text("ok")

    with tab.expect_request("**/v1/operations/status"):
        realtime.kill()


def test_page_stops_and_goes_on_by_the_keyboard(api, operator, tab):
    open_page(tab, api)
    expect(row(tab, "databases", "a")).to_contain_text("ok")

    tab.keyboard.press("Tab")
    expect(tab.get_by_role("button", name="Pause")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("button", name="Go on", pressed=True)).to_be_focused()
    expect(tab.locator("#age")).to_contain_text("paused")

    tab.keyboard.press("Enter")
    expect(tab.locator("#age")).to_contain_text("ago")
