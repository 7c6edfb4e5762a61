"""
What belongs to a private account is for its followers, at everybody's next request, whatever is delivered.

The author and half of the others live on one instance, the rest on the other, and all of it was asked for
before, so that every cache holds it as it was.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.accounts.public import issue_session_token
from modules.graph.public import follow, unfollow
from modules.kernel import clock
from modules.kernel.redis.client import count_trips
from modules.kernel.scopes import GRANTABLE
from tests.kit.callers import make_app
from tests.kit.delivery import drain, until_replicated
from tests.kit.http import Response, call
from tests.kit.people import Person, make_person
from tests.kit.posts import publish
from tests.kit.tokens import make_token

pytestmark = pytest.mark.django_db

ROLES = ("owner", "follower", "requester", "stranger", "anonymous", "app")
WITH_HOME = ROLES[:4]
OPEN = {"post": 200, "batch": 2, "posts": 200, "followers": 200, "following": 200, "user": 200, "delete": 403}
SHUT = {"post": 404, "batch": 0, "posts": 403, "followers": 403, "following": 403, "user": 200, "delete": 404}


class Town:
    """An author with two posts on either instance, and who looks at them."""

    def __init__(self, author_shard: int) -> None:
        shards = {"owner": author_shard, "follower": 4000, "requester": 3, "stranger": 4001}
        self.people = {role: self._sign_up(role, shard) for role, shard in shards.items()}
        self.owner = self.people["owner"]
        follow(self.people["follower"].id, self.owner.id)
        # Who has seen all of it once, and asks again when it is private.
        follow(self.people["requester"].id, self.owner.id)
        drain()
        self.posts = [publish(self.owner, text) for text in ("old", "new")]
        drain()
        assert call("GET", "/v1/timelines/home", as_=self.people["requester"]).texts == ["new", "old"]
        unfollow(self.people["requester"].id, self.owner.id)
        drain()
        app = make_app(self.people["stranger"].id)
        self.app = {"Authorization": f"Bearer {make_token(app, None, *GRANTABLE)}"}

    @staticmethod
    def _sign_up(name: str, shard: int) -> Person:
        person = make_person(name, shard=shard)
        return replace(person, token=issue_session_token(person.id, now=clock.now()))

    def ask(self, role: str, method: str, path: str) -> Response:
        headers = self.app if role == "app" else {}
        return call(method, path, as_=self.people.get(role), **headers)

    def seen(self, role: str) -> dict[str, int]:
        """Return what one who looks gets: statuses, and of the batch how many posts."""
        user = f"/v1/users/{self.owner.id}"
        post = f"/v1/posts/{self.posts[0]}"
        seen = {name: self.ask(role, "GET", f"{user}/{name}").status for name in ("posts", "followers")}
        seen["following"] = self.ask(role, "GET", f"{user}/following").status
        seen["user"] = self.ask(role, "GET", user).status
        seen["post"] = self.ask(role, "GET", post).status
        batch = self.ask(role, "GET", f"/v1/posts?ids={self.posts[0]},{self.posts[1]}")
        seen["batch"] = len(batch.body["data"])
        if role in WITH_HOME and role != "owner":
            seen["delete"] = self.ask(role, "DELETE", post).status
        return seen

    def homes(self) -> dict[str, int]:
        return {role: len(self.ask(role, "GET", "/v1/timelines/home").texts) for role in WITH_HOME}

    def edit(self, **changes: object) -> None:
        answer = call("PATCH", "/v1/me", changes, as_=self.owner, If_Match="*")
        assert answer.status == 200


def expected(role: str, what: dict[str, int]) -> dict[str, int]:
    has_no_delete = role in ("owner", "anonymous", "app")
    return {name: value for name, value in what.items() if not (has_no_delete and name == "delete")}


HOMES = {"owner": 2, "follower": 2, "requester": 0, "stranger": 0}


@pytest.mark.parametrize("author_shard", [4, 4094])
def test_everything_of_a_private_account_is_for_its_followers_at_once_and_for_all_again(author_shard):
    town = Town(author_shard)
    until_replicated()
    assert {role: town.seen(role) for role in ROLES} == {role: expected(role, OPEN) for role in ROLES}
    assert town.homes() == HOMES

    town.edit(is_private=True)

    private = {role: expected(role, OPEN if role in ROLES[:2] else SHUT) for role in ROLES}
    assert {role: town.seen(role) for role in ROLES} == private
    assert town.homes() == HOMES
    assert town.ask("requester", "PUT", f"/v1/me/following/{town.owner.id}").status == 202
    assert town.seen("requester") == expected("requester", SHUT)
    drain()
    assert {role: town.seen(role) for role in ROLES} == private
    assert town.homes() == HOMES

    # Another post, the request accepted, the follower removed: after the relay all of it is so.
    town.posts.append(publish(town.owner, "newest"))
    assert town.ask("owner", "PUT", f"/v1/me/follow-requests/{town.people['requester'].id}").status == 200
    assert town.ask("owner", "DELETE", f"/v1/me/followers/{town.people['follower'].id}").status == 204
    drain()
    assert town.homes() == {"owner": 3, "follower": 0, "requester": 3, "stranger": 0}
    assert town.seen("requester") == expected("requester", OPEN)
    assert town.seen("follower") == expected("follower", SHUT)

    town.edit(is_private=False)

    assert {role: town.seen(role) for role in ROLES} == {role: expected(role, OPEN) for role in ROLES}


def test_says_why_lists_are_shut_and_of_posts_nothing():
    town = Town(4)
    town.edit(is_private=True)

    shut = town.ask("anonymous", "GET", f"/v1/users/{town.owner.id}/posts")
    gone = town.ask("anonymous", "GET", f"/v1/posts/{town.posts[0]}")

    assert (shut.body["code"], gone.body["code"]) == ("account_private", "post_not_found")
    batch = town.ask("stranger", "GET", f"/v1/posts?ids={town.posts[0]}").body
    assert (batch["missing"], batch["included"]["users"]) == ([str(town.posts[0])], {})


@pytest.mark.parametrize("many", [1, 5])
def test_a_page_asks_once_whom_the_viewer_follows_and_only_of_private_authors(many):
    town = Town(4)
    for number in range(many):
        town.posts.append(publish(town.owner, f"post {number}"))
    path = "/v1/posts?ids=" + ",".join(map(str, town.posts))

    def trips(role: str) -> int:
        town.ask(role, "GET", path)
        with count_trips() as counted:
            town.ask(role, "GET", path)
        return counted.trips

    public = {role: trips(role) for role in ("follower", "owner")}
    town.edit(is_private=True)
    private = {role: trips(role) for role in ("follower", "owner")}

    assert private == {"follower": public["follower"] + 1, "owner": public["owner"]}
