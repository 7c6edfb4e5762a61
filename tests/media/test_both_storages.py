"""A photo from a client to a post and back: the same on both storages, and never by way of the API."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from modules.kernel import clock
from tests.kit.delivery import drain, until_replicated
from tests.kit.http import call
from tests.kit.media import jpeg, send_form
from tests.kit.people import sign_up

pytestmark = pytest.mark.django_db

CARD = {
    "kind": "image",
    "state": "ready",
    "type": "image/jpeg",
    "width": 1200,
    "height": 800,
    "alt": "A gradient",
    "focus": None,
}


class Api:
    """Sends requests as somebody, and remembers how large requests and answers were."""

    def __init__(self, person: Any) -> None:
        self.person = person
        self.largest = 0

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        answer = call(method, path, body, as_=self.person)
        sizes = [len(json.dumps(each)) for each in (body, answer.body)]
        self.largest = max(self.largest, *sizes)
        return answer.body


def fetched(addresses: list[str]) -> set[int]:
    """Return what a storage answers to whoever asks for these."""
    return {httpx.get(url).status_code for url in addresses}


def ends_at(address: str) -> float:
    """Return until when an address holds, as it says itself (Unix time)."""
    said = httpx.URL(address).params
    if "expires" in said:
        return int(said["expires"])
    since = datetime.strptime(said["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return since.timestamp() + int(said["X-Amz-Expires"])


@pytest.mark.usefixtures("deployed")
def test_nothing_leads_to_media_of_a_post_that_became_invisible_and_its_addresses_end(monkeypatch):
    ada, grace, photo = sign_up("ada"), sign_up("grace"), jpeg(64, 48)
    call("PUT", f"/v1/me/following/{ada.id}", as_=grace)
    made = call("POST", "/v1/media", {"type": "image/jpeg", "bytes": len(photo)}, as_=ada).body
    send_form(made["upload"], photo)
    call("PUT", f"/v1/media/{made['id']}/upload-status", {"status": "complete"}, as_=ada)
    new = {"text": "Look #here", "media_ids": [made["id"]]}
    post_id = call("POST", "/v1/posts", new, as_=ada).body["id"]
    call("PUT", f"/v1/me/bookmarks/{post_id}", as_=grace)
    drain()
    until_replicated()
    one = f"/v1/posts/{post_id}"
    lists = [
        "/v1/timelines/home",
        "/v1/timelines/tags/here",
        "/v1/me/bookmarks",
        f"/v1/users/{ada.id}/posts",
        f"/v1/posts?ids={post_id}",
        "/v1/search/posts?q=look",
    ]

    def shown(path: str, who: Any = grace) -> list[str]:
        answer = call("GET", path, as_=who)
        media = answer.body["included"]["media"] if answer.status == 200 else {}
        return [each["url"] for card in media.values() for each in card["variants"]]

    assert [len(shown(path)) for path in (one, *lists)] == [4] * 7
    addresses, now = shown(one), clock.now()
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: now - timedelta(minutes=61))
        over = shown(one)
    assert all(0 < ends_at(each) - now.timestamp() <= 3600 for each in addresses)
    assert all(ends_at(each) < now.timestamp() for each in over)
    assert (fetched(addresses), fetched(over)) == ({200}, {403})

    call("PATCH", one, {"audience": "mentioned"}, as_=ada)

    assert [shown(path) for path in (one, *lists)] == [[]] * 7
    for path in (one, *lists, f"/v1/media/{made['id']}"):
        answer = call("GET", path, as_=grace)
        assert answer.status == (404 if path.startswith((one, "/v1/media")) else 200), path
        assert f"media/{made['id']}/" not in json.dumps(answer.body), path
    # Who has an address keeps it until it ends; the author gets new ones.
    assert fetched(addresses) == {200}
    assert fetched(shown(one, ada)) == {200}


@pytest.mark.usefixtures("deployed")
def test_a_photo_is_uploaded_processed_and_seen_in_a_post():
    api, photo = Api(sign_up("ada")), jpeg(1200, 800)
    new = {"type": "image/jpeg", "bytes": len(photo), "alt": "A gradient"}

    made = api("POST", "/v1/media", new)
    sent = send_form(made["upload"], photo)
    said = api("PUT", f"/v1/media/{made['id']}/upload-status", {"status": "complete"})
    post = api("POST", "/v1/posts", {"text": "Look", "media_ids": [made["id"]]})
    drain()
    seen = api("GET", f"/v1/posts/{post['id']}")["included"]["media"][made["id"]]

    assert (sent.status_code, said["state"], said["bytes"]) == (204, "processing", len(photo))
    assert {name: seen[name] for name in CARD} == CARD
    names = [(each["name"], each["type"], each["width"]) for each in seen["variants"]]
    assert ("feed", "image/webp", 1080) in names
    for variant in seen["variants"]:
        fetched = httpx.get(variant["url"])
        assert (fetched.status_code, len(fetched.content)) == (200, variant["bytes"])
        assert fetched.headers["Content-Type"] == variant["type"]
    assert api.largest < 5_000 < len(photo)

    api("DELETE", f"/v1/media/{made['id']}")
    drain()
    assert {httpx.get(each["url"]).status_code for each in seen["variants"]} == {404}
    assert api("GET", f"/v1/posts/{post['id']}")["included"]["media"] == {}
