"""An archive and a report, asked for over HTTP and made by a real worker, both seen and heard of."""

from __future__ import annotations

import pytest

from tests.kit.client import Client
from tests.kit.exports import read_archive, read_file
from tests.kit.machines import until

pytestmark = pytest.mark.django_db


def test_an_export_reaches_its_owner(live_api):
    ada = Client(live_api.url).sign_up("ada")
    since = ada.call("GET", "/v1/me/updates").body["seq"]
    post = ada.call("POST", "/v1/posts", {"text": "Take me along"}).body

    asked = {
        kind: ada.call("POST", "/v1/exports", {"kind": kind}).body["id"] for kind in ("archive", "report_pdf")
    }

    until(lambda: _states(ada) == ["ready", "ready"])
    written = read_archive(int(asked["archive"]))["posts.json"]
    assert [(each["id"], each["text"]) for each in written] == [(post["id"], "Take me along")]
    assert read_file(int(asked["report_pdf"])).startswith(b"%PDF-")
    until(lambda: _told(ada, since) == set(asked.values()))


def _states(person):
    return [card["state"] for card in person.call("GET", "/v1/exports").body["data"]]


def _told(person, since):
    """Return which exports somebody was told are ready."""
    told = person.call("GET", f"/v1/me/updates?since={since}").body["data"]
    return {each["data"]["export_id"] for each in told if each["type"] == "export.ready"}
