"""A photo from a client to a post and back: the same on both storages, and never by way of the API."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.kit.delivery import drain
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
