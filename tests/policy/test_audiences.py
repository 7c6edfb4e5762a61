"""What an author does to a post holds at everybody's next request, wherever the post is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from modules.graph.public import follow
from modules.posts.schemas import NewPost
from modules.posts.services.posts import publish_post
from tests.kit.delivery import drain
from tests.kit.http import call
from tests.kit.people import NOON, Person, sign_up

pytestmark = pytest.mark.django_db

VIEWERS = ("author", "follower", "mentioned", "stranger", "anonymous")
SEEN_BY = {
    "public": set(VIEWERS),
    "followers": {"author", "follower"},
    "mentioned": {"author", "mentioned"},
    "deleted": set(),
}
BEFORE, AFTER = "before @mentioned", "after @mentioned"


class World:
    """A post of somebody's, and each kind of person who may look at it."""

    def __init__(self, audience: Any) -> None:
        self.people: dict[str, Person | None] = {name: sign_up(name) for name in VIEWERS[:-1]}
        self.people["anonymous"] = None
        follow(self["follower"].id, self["author"].id)
        new = NewPost(text=BEFORE, audience=audience)
        self.post = publish_post(self["author"].id, new, now=NOON, once=None).id
        drain()

    def __getitem__(self, name: str) -> Person:
        person = self.people[name]
        assert person is not None
        return person

    def ask(self, method: str, path: str, name: str, body: Any = None) -> Any:
        return call(
            method, path.format(post=self.post, author=self["author"].id), body, as_=self.people[name]
        )

    def shown(self, name: str) -> dict[str, str | None]:
        """Return what each place that could show the post shows a viewer of it."""

        def in_list(path: str) -> str | None:
            cards = self.ask("GET", path, name).body["data"]
            return next((card["text"] for card in cards if card["id"] == str(self.post)), None)

        one = self.ask("GET", "/v1/posts/{post}", name)
        revisions = self.ask("GET", "/v1/posts/{post}/revisions", name)
        found: dict[str, str | None] = {
            "one": one.body["data"]["text"] if one.status == 200 else None,
            "batch": in_list("/v1/posts?ids={post}"),
            "profile": in_list("/v1/users/{author}/posts"),
            "revisions": "listed" if revisions.status == 200 else None,
        }
        assert {one.status, revisions.status} <= {200, 404}
        if name != "anonymous":
            found["home"] = in_list("/v1/timelines/home")
        return found

    def expected(self, name: str, audience: str, text: str) -> dict[str, str | None]:
        """Return what they should show."""
        sees = name in SEEN_BY[audience]
        found: dict[str, str | None] = dict.fromkeys(("one", "batch", "profile"), text if sees else None)
        found["revisions"] = "listed" if sees else None
        # Nobody else follows the author; and what is for the mentioned is no news for followers.
        if name != "anonymous":
            found["home"] = text if sees and name in ("author", "follower") else None
        return found


# What the author sends, from which audience to which, and what the post says then.
CHANGES: dict[str, tuple[str, str, str, dict[str, Any] | None]] = {
    "edited": ("public", "public", AFTER, {"text": AFTER}),
    "edited for followers": ("followers", "followers", AFTER, {"text": AFTER}),
    "narrowed to followers": ("public", "followers", BEFORE, {"audience": "followers"}),
    "narrowed to mentioned": ("followers", "mentioned", AFTER, {"audience": "mentioned", "text": AFTER}),
    "widened to all": ("followers", "public", BEFORE, {"audience": "public"}),
    "widened from mentioned": ("mentioned", "public", AFTER, {"audience": "public", "text": AFTER}),
    "deleted": ("public", "deleted", BEFORE, None),
    "deleted of followers": ("followers", "deleted", BEFORE, None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_holds_for_everybody_everywhere_at_once(change):
    before, after, text, body = CHANGES[change]
    world = World(before)
    for _ in range(2):  # as rendered, and as cached
        assert {name: world.shown(name) for name in VIEWERS} == all_of(world.expected, before, BEFORE)

    answer = world.ask("PATCH" if body else "DELETE", "/v1/posts/{post}", "author", body)
    at_once = {name: world.shown(name) for name in VIEWERS}
    drain()
    later = {name: world.shown(name) for name in VIEWERS}

    assert answer.status in (200, 204)
    assert at_once == later == all_of(world.expected, after, text)


def all_of(
    expected: Callable[[str, str, str], dict[str, str | None]], audience: str, text: str
) -> dict[str, dict[str, str | None]]:
    return {name: expected(name, audience, text) for name in VIEWERS}


@pytest.mark.parametrize("name", [name for name in VIEWERS if name not in ("author", "anonymous")])
def test_is_not_for_others_to_do(name):
    world = World("followers")
    code = "not_your_post" if name == "follower" else "post_not_found"

    for method, body in (("PATCH", {"text": AFTER}), ("DELETE", None)):
        assert world.ask(method, "/v1/posts/{post}", name, body).body["code"] == code
