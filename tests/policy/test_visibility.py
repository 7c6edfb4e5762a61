"""Who may not be seen, and what they wrote, answer as if they never were."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.env import ROOT
from modules.graph.public import follow
from modules.profiles.models import Profile
from modules.profiles.services.profiles import renew_card
from sharding.ids import make_id, shard_of
from sharding.scope import writing_for
from tests.kit.delivery import drain
from tests.kit.http import Response, call
from tests.kit.machines import until
from tests.kit.people import Person, sign_up
from tests.kit.posts import publish

pytestmark = pytest.mark.django_db

PATHS = [
    ("GET", "/v1/users/{user}"),
    ("GET", "/v1/users?ids={user}"),
    ("GET", "/v1/users/{user}/followers"),
    ("GET", "/v1/users/{user}/following"),
    ("GET", "/v1/users/{user}/posts"),
    ("GET", "/v1/posts/{post}"),
    ("GET", "/v1/posts?ids={post}"),
    ("DELETE", "/v1/posts/{post}"),
]
# Modules that may load cards without asking whether they may be shown, and why.
AROUND = {
    "modules/posts/selectors/visibility.py",  # which asks that itself
    "modules/posts/services/posts.py",  # puts tombstones over cards, shows none
    "modules/profiles/selectors/cards.py",  # which asks that itself
    "modules/profiles/services/profiles.py",  # renews cards; shows their owners their own
}


@pytest.fixture
def viewer() -> Person:
    return sign_up("viewer")


@pytest.fixture
def author(viewer: Person) -> Person:
    """Somebody whom the viewer follows, and who follows them."""
    author = sign_up("author")
    follow(viewer.id, author.id)
    follow(author.id, viewer.id)
    return author


def hide(person: Person) -> None:
    """Hide a person in the row and renew the card, as any reason to hide does."""
    with writing_for(person.id):
        Profile.objects.of(person.id).update(status=2, version=2)
    renew_card(person.id)


def never(id: int) -> int:
    """Return an id of the same shard that nobody ever got."""
    return make_id(1, shard_of(id), 77)


def seen(answer: Response, *ids: int) -> tuple[int, str, dict[str, str]]:
    """Return all that a client can tell, but for the ids that it sent and the name of its request."""
    body = answer.body if isinstance(answer.body, dict) else {}
    text = json.dumps({name: value for name, value in body.items() if name != "request_id"}, sort_keys=True)
    for id in ids:
        text = text.replace(str(id), "ID")
    varying = ("X-Request-Id", "Content-Length")
    return answer.status, text, {k: v for k, v in answer.headers.items() if k not in varying}


class TestWhoMayNotBeSeen:
    @pytest.mark.parametrize(("method", "path"), PATHS)
    @pytest.mark.parametrize("cached", [True, False])
    def test_answers_as_who_never_was(self, viewer, author, method, path, cached):
        post = publish(author)
        drain()
        ids = {"user": author.id, "post": post}
        if method == "GET" and cached:
            assert call(method, path.format(**ids), as_=viewer).status == 200
        hide(author)
        nobody = {"user": never(author.id), "post": never(post)}

        hidden = call(method, path.format(**ids), as_=viewer)
        unknown = call(method, path.format(**nobody), as_=viewer)

        assert seen(hidden, *ids.values()) == seen(unknown, *nobody.values())
        assert hidden.status == 404 or hidden.body["missing"]

    def test_is_gone_from_homes_and_lists(self, viewer, author):
        publish(author, "gone")
        publish(viewer, "kept")
        drain()
        lists = ("followers", "following")

        def lengths() -> list[int]:
            return [len(call("GET", f"/v1/users/{viewer.id}/{name}").body["data"]) for name in lists]

        # Nobody's reads go to a replica, which may be a moment behind.
        until(lambda: lengths() == [1, 1])
        assert sorted(call("GET", "/v1/timelines/home", as_=viewer).texts) == ["gone", "kept"]

        hide(author)

        home = call("GET", "/v1/timelines/home", as_=viewer)
        assert home.texts == ["kept"]
        assert list(home.body["included"]["users"]) == [str(viewer.id)]
        assert lengths() == [0, 0]

    def test_deletes_nothing_of_others_and_learns_nothing(self, viewer, author):
        post = publish(author)
        drain()
        assert call("DELETE", f"/v1/posts/{post}", as_=viewer).status == 403

        hide(author)

        assert call("DELETE", f"/v1/posts/{post}", as_=viewer).status == 404


def importers(module: str, names: set[str]) -> Iterator[str]:
    """Yield the files of the product that take one of these names from a module, or the module whole."""
    package, _, leaf = module.rpartition(".")
    for path in sorted(Path(ROOT, "modules").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            taken = {each.name for each in getattr(node, "names", [])}
            if isinstance(node, ast.ImportFrom):
                whole = node.module == package and leaf in taken
                if whole or (node.module == module and taken & names):
                    yield str(path.relative_to(ROOT))
            elif isinstance(node, ast.Import) and module in taken:
                yield str(path.relative_to(ROOT))


class TestNothingGoesAroundVisibility:
    def test_but_what_may(self):
        kinds = {
            "modules.posts.selectors.cards": {"POSTS", "render"},
            "modules.profiles.selectors.cards": {"USERS", "render", "render_users"},
            "modules.kernel.cards": {"load"},
        }
        found = {path for module, names in kinds.items() for path in importers(module, names)}

        assert found | {"modules/profiles/selectors/cards.py"} == AROUND
