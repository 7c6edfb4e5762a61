"""What was passed on or replied to is hidden at the next request wherever others' posts would show it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

import pytest

from modules.graph.public import follow
from modules.posts.models import Post
from modules.posts.schemas import FOLLOWERS
from modules.posts.selectors.cards import POSTS
from modules.posts.services.posts import delete_post
from modules.profiles.models import Profile
from modules.profiles.services.profiles import renew_card
from sharding.scope import writing_for
from tests.kit.delivery import drain, until_replicated
from tests.kit.http import call
from tests.kit.people import NOON, Person, make_person, sign_up
from tests.kit.posts import publish, quote, reply, repost

pytestmark = pytest.mark.django_db

SECRET = "nobody else's business"


class World(NamedTuple):
    """An author on one instance, and on the other somebody whom the viewer follows and who passes them on."""

    author: Person
    other: Person
    viewer: Person
    original: int
    repost: int
    quote: int
    reply: int

    def read(self, path: str, *, anonymous: bool = False) -> tuple[int, list[int], str]:
        """Return status, what is in `data`, and all of the body."""
        ids = {name: id for name, id in self._asdict().items() if isinstance(id, int)}
        path = path.format(other_id=self.other.id, **ids)
        answer = call("GET", path, as_=None if anonymous else self.viewer)
        data = answer.body.get("data", [])
        shown = data if isinstance(data, list) else [data]
        return answer.status, [int(card["id"]) for card in shown], json.dumps(answer.body)


@pytest.fixture
def world() -> World:
    author, other, viewer = make_person(shard=3), make_person(shard=4000), sign_up("viewer")
    follow(viewer.id, other.id)
    original = publish(author, SECRET)
    made = World(
        author,
        other,
        viewer,
        original,
        repost(other, original),
        quote(other, original),
        reply(other, original),
    )
    drain()
    until_replicated()
    return made


def delete(world: World) -> None:
    delete_post(world.author.id, world.original, now=NOON)


def close(world: World) -> None:
    with writing_for(world.author.id):
        Profile.objects.of(world.author.id).update(status=2, version=2)
    renew_card(world.author.id)


def narrow(world: World) -> None:
    with writing_for(world.author.id):
        Post.objects.of(world.author.id).filter(id=world.original).update(audience=FOLLOWERS, version=2)
    POSTS.put(POSTS.render([world.original], unavailable=None))


# Each with what it still shows when the original is hidden; None: it is not found.
PATHS: dict[str, list[str] | None] = {
    "/v1/timelines/home": ["quote"],
    "/v1/users/{other_id}/posts": ["quote"],
    "/v1/users/{other_id}/posts?include=replies,reposts": ["reply", "quote"],
    "/v1/posts?ids={repost},{quote},{reply},{original}": ["quote", "reply"],
    "/v1/posts/{quote}": ["quote"],
    "/v1/posts/{repost}": None,
    "/v1/posts/{original}": None,
    "/v1/posts/{original}/replies": None,
    "/v1/posts/{original}/reposts": None,
    "/v1/posts/{reply}/ancestors": [],
}


class TestWhatIsHidden:
    @pytest.mark.parametrize("hide", [delete, close, narrow])
    def test_is_nowhere_at_the_next_request(self, world: World, hide: Callable[[World], None]):
        before = {path: world.read(path) for path in PATHS}  # and so all is cached
        assert {status for status, *_ in before.values()} == {200}
        assert sum(SECRET in body for *_, body in before.values()) == 8

        hide(world)

        for path, shown in PATHS.items():
            for anonymous in (False, True):
                if anonymous and "timelines" in path:
                    continue
                status, ids, body = world.read(path, anonymous=anonymous)
                expected = [getattr(world, name) for name in shown or []]
                assert (path, status, ids) == (path, 404 if shown is None else 200, expected)
                assert SECRET not in body

    def test_tells_deleted_ancestors_from_those_not_to_be_seen(self, world: World):
        def deleted() -> list[str]:
            answer = call("GET", f"/v1/posts/{world.reply}/ancestors").body
            assert answer["missing"] == [str(world.original)]
            return list(answer["deleted"])

        narrow(world)
        hidden = deleted()
        delete(world)

        assert (hidden, deleted()) == ([], [str(world.original)])
