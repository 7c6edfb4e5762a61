"""Who may not be seen, and what they wrote, answer as if they never were."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.env import ROOT
from modules.graph.public import follow
from modules.graph.services.blocks import block
from modules.profiles.models import Profile
from modules.profiles.services.profiles import renew_card
from sharding.ids import make_id, shard_of
from sharding.scope import writing_for
from tests.kit.delivery import drain
from tests.kit.http import Response, call
from tests.kit.people import NOON, Person, sign_up
from tests.kit.posts import publish
from tests.kit.redis import redis_away

pytestmark = pytest.mark.django_db

PATHS = [
    "GET /v1/users/{user}",
    "GET /v1/users/by/username/{name}",
    "GET /v1/users?ids={user}",
    "GET /v1/users/{user}/followers",
    "GET /v1/users/{user}/following",
    "GET /v1/users/{user}/posts",
    "GET /v1/users/{user}/pins",
    "GET /v1/posts/{post}",
    "GET /v1/posts?ids={post}",
    "GET /v1/posts/{post}/revisions",
    "PATCH /v1/posts/{post}",
    "DELETE /v1/posts/{post}",
    "GET /v1/me/relationships?ids={user}",
    "PUT /v1/me/following/{user}",
    "PUT /v1/me/mutes/{user}",
    "GET /v1/posts/{post}/reactions",
    "PUT /v1/posts/{post}/reactions/like",
    "DELETE /v1/posts/{post}/reactions/like",
    "PUT /v1/me/bookmarks/{post}",
    "DELETE /v1/me/bookmarks/{post}",
    "GET /v1/posts/{post}/ancestors",
    "GET /v1/posts/{post}/replies",
    "GET /v1/posts/{post}/reposts",
    "PUT /v1/posts/{post}/repost",
]
# What a blocker may still do with whom they block: open their card, to unblock them, and hear why not.
OF_A_BLOCKER = {
    "GET /v1/users/{user}": 200,
    "GET /v1/users/by/username/{name}": 200,
    "GET /v1/me/relationships?ids={user}": 200,
    "PUT /v1/me/following/{user}": 403,
    "PUT /v1/me/mutes/{user}": 200,
}
# Modules that may load cards without asking whether they may be shown, and why.
AROUND = {
    "modules/posts/selectors/visibility.py",  # which asks that itself
    "modules/posts/selectors/audiences.py",  # which asks that itself, of many viewers
    "modules/posts/services/reactions_received.py",  # renews counts, shows none
    "modules/posts/services/edits.py",  # renews cards; shows their authors their own
    "modules/posts/services/posts.py",  # puts tombstones over cards, shows none
    "modules/posts/services/reposts.py",  # asks what a repost names, shows none
    "modules/profiles/selectors/cards.py",  # which asks that itself
    "modules/profiles/services/profiles.py",  # renews cards; shows their owners their own
}


@pytest.fixture
def viewer() -> Person:
    return sign_up("viewer", shard=0)


@pytest.fixture
def author(viewer: Person) -> Person:
    """Somebody at home on the other instance, whom the viewer follows, and who follows them."""
    author = sign_up("author", shard=4095)
    follow(viewer.id, author.id)
    follow(author.id, viewer.id)
    return author


def hide(viewer: Person, author: Person) -> None:
    """Hide a person in the row and renew the card, as any reason to hide them from all does."""
    with writing_for(author.id):
        Profile.objects.of(author.id).update(status=2, version=2)
    renew_card(author.id)


def be_blocked(viewer: Person, author: Person) -> None:
    """Let the author block the viewer, who hears of it by the relay."""
    block(author.id, viewer.id, now=NOON)
    drain()


def block_them(viewer: Person, author: Person) -> None:
    """Let the viewer block the author: nothing is delivered before their next request."""
    block(viewer.id, author.id, now=NOON)


REASONS = [hide, be_blocked, block_them]


def ask(path: str, viewer: Person, **names: object) -> Response:
    method, _, target = path.partition(" ")
    return call(method, target.format(**names), {"text": "Ho"} if method == "PATCH" else None, as_=viewer)


def never(id: int) -> int:
    """Return an id of the same shard that nobody ever got."""
    return make_id(1, shard_of(id), 77)


def seen(answer: Response, *ids: object) -> tuple[int, str, dict[str, str]]:
    """Return all that a client can tell, but for the ids that it sent and the name of its request."""
    body = answer.body if isinstance(answer.body, dict) else {}
    text = json.dumps({name: value for name, value in body.items() if name != "request_id"}, sort_keys=True)
    for id in ids:
        text = text.replace(str(id), "ID")
    varying = ("X-Request-Id", "Content-Length")
    return answer.status, text, {k: v for k, v in answer.headers.items() if k not in varying}


class TestWhoMayNotBeSeen:
    @pytest.mark.parametrize("reason", REASONS)
    @pytest.mark.parametrize("cached", [True, False])
    def test_answers_as_who_never_was(self, viewer, author, reason, cached):
        post = publish(author)
        drain()
        ids = {"user": author.id, "post": post, "name": "author"}
        if cached:
            statuses = [ask(path, viewer, **ids).status for path in PATHS]
            assert statuses == [*[200] * 10, 403, 403, *[200] * 4, *[204] * 4, *[200] * 4]
        reason(viewer, author)
        nobody = {"user": never(author.id), "post": never(post), "name": "nobody"}
        opened = OF_A_BLOCKER if reason is block_them else {}

        for path in PATHS:
            hidden = ask(path, viewer, **ids)
            unknown = ask(path, viewer, **nobody)
            if path in opened:
                assert (path, hidden.status) == (path, opened[path])
            elif path.startswith("PUT") and "{user}" in path and reason is hide:
                assert hidden.status == 200  # only the card was closed, for who is hidden from all
            else:
                assert (path, seen(hidden, *ids.values())) == (path, seen(unknown, *nobody.values()))
                # What is one's own may be taken back, whatever became of the post.
                assert hidden.status in (404, 204) or hidden.body["missing"]

    @pytest.mark.parametrize("reason", REASONS)
    def test_deletes_nothing_of_others_and_learns_nothing(self, viewer, author, reason):
        post = publish(author)
        drain()
        assert call("DELETE", f"/v1/posts/{post}", as_=viewer).status == 403

        reason(viewer, author)

        assert call("DELETE", f"/v1/posts/{post}", as_=viewer).status == 404


class TestABlock:
    @pytest.mark.parametrize("block_", [be_blocked, block_them])
    def test_is_between_two_people_and_for_nobody_else(self, viewer, author, block_):
        post = publish(author)
        drain()
        ids = {"user": author.id, "post": post, "name": "author"}
        block_(viewer, author)

        others = [call("GET", path[4:].format(**ids)).status for path in PATHS[:9]]

        assert others == [200] * 9

    def test_leaves_the_blocker_a_card_to_unblock_in_the_list_of_blocks(self, viewer, author):
        block_them(viewer, author)

        listed = call("GET", "/v1/me/blocks", as_=viewer).body["data"]

        assert [card["id"] for card in listed] == [str(author.id)]
        [stands] = call("GET", f"/v1/me/relationships?ids={author.id}", as_=viewer).body["data"]
        assert (stands["blocking"], stands["following"]) == (True, False)
        assert call("DELETE", f"/v1/me/blocks/{author.id}", as_=viewer).status == 204
        assert call("GET", f"/v1/users/{author.id}/posts", as_=viewer).status == 200

    def test_of_two_who_block_each_other_lets_neither_open_the_other(self, viewer, author):
        block_them(viewer, author)
        be_blocked(viewer, author)

        assert call("GET", f"/v1/users/{author.id}", as_=viewer).status == 404
        assert call("GET", "/v1/me/blocks", as_=viewer).body["data"] == []
        assert call("DELETE", f"/v1/me/blocks/{author.id}", as_=viewer).status == 204

    def test_holds_where_redis_is_away(self, viewer, author, settings):
        post = publish(author)
        drain()
        be_blocked(viewer, author)

        with redis_away(settings):
            statuses = [call("GET", f"/v1/posts/{post}", as_=viewer).status]
            statuses += [call("GET", f"/v1/users/{author.id}", as_=viewer).status]

        assert statuses == [404, 404]


def importers(module: str, names: set[str]) -> Iterator[str]:
    """Yield the files of the product that take one of these names from a module, or the module whole."""
    package, _, leaf = module.rpartition(".")
    for path in sorted(Path(ROOT, "modules").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            taken = {each.name for each in node.names}
            if isinstance(node, ast.ImportFrom):
                whole = node.module == package and leaf in taken
                if whole or (node.module == module and taken & names):
                    yield str(path.relative_to(ROOT))
            elif module in taken:
                yield str(path.relative_to(ROOT))


class TestNothingGoesAroundVisibility:
    def test_but_what_may(self):
        kinds = {
            "modules.posts.selectors.cards": {"POSTS", "render", "render_posts"},
            "modules.posts.selectors.post_counts": {"COUNTS", "render_counts"},
            "modules.profiles.selectors.cards": {"USERS", "render", "render_users"},
            "modules.kernel.cards": {"load"},
        }
        found = {path for module, names in kinds.items() for path in importers(module, names)}

        assert found | {"modules/profiles/selectors/cards.py"} == AROUND
