"""Pins: a few of one's own posts, for those who may see them, and gone with the post."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from modules.kernel.redis.client import count_trips
from modules.posts.errors import PinCapReached
from modules.posts.models import Post
from modules.posts.schemas import EditPost
from modules.posts.services.edits import edit_post
from modules.posts.services.pins import pin_post, unpin_post
from modules.posts.services.posts import delete_post
from modules.profiles.schemas import EditProfile
from modules.profiles.services.profiles import edit_profile
from sharding.testing import count_queries
from tests.kit.http import Response, call
from tests.kit.pages import count_reads
from tests.kit.people import NOON, Person, sign_up
from tests.kit.posts import publish, quote, repost

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Person:
    return sign_up("ada", shard=3)


@pytest.fixture
def grace() -> Person:
    return sign_up("grace", shard=4000)


def pin(person: Person, post_id: int) -> Response:
    return call("PUT", f"/v1/me/pins/{post_id}", as_=person)


def pins_of(person: Person, *, as_: Person | None = None) -> list[int]:
    answer = call("GET", f"/v1/users/{person.id}/pins", as_=as_)
    assert answer.status == 200
    return [int(card["id"]) for card in answer.body["data"]]


class TestPins:
    def test_are_listed_by_the_newest_pin_whenever_the_post_was_made(self, ada, grace):
        one, two, three = (publish(ada) for _ in range(3))

        statuses = [pin(ada, post_id).status for post_id in (two, three, one, two)]

        assert (statuses, pins_of(ada, as_=grace)) == ([204] * 4, [one, three, two])
        assert [call("DELETE", f"/v1/me/pins/{three}", as_=ada).status for _ in range(2)] == [204, 204]
        assert pins_of(ada) == [one, two]
        assert pin(ada, three).status == 204
        assert pins_of(ada) == [three, one, two]

    def test_are_of_ones_own_posts(self, ada, grace):
        theirs, hidden = publish(grace), publish(grace)
        edit_post(grace.id, hidden, EditPost(audience="followers"), now=NOON)
        deleted = publish(ada)
        delete_post(ada.id, deleted, now=NOON)

        answers = [pin(ada, id) for id in (theirs, hidden, deleted, repost(ada, theirs))]

        assert [(answer.status, answer.body["code"]) for answer in answers] == [
            (403, "not_your_post"),
            (404, "post_not_found"),
            (404, "post_not_found"),
            (422, "post_is_repost"),
        ]
        assert call("DELETE", f"/v1/me/pins/{theirs}", as_=ada).status == 204
        assert pins_of(ada) == []

    def test_are_five_however_many_come_at_once(self, ada):
        made = [publish(ada) for _ in range(12)]
        for post_id in made[:3]:
            pin(ada, post_id)

        def attempt(post_id: int) -> str:
            try:
                pin_post(ada.id, post_id)
            except PinCapReached:
                return "refused"
            finally:
                connections.close_all()
            return "pinned"

        with ThreadPoolExecutor(9) as pool:
            came_of_it = sorted(pool.map(attempt, made[3:]))

        assert came_of_it == ["pinned"] * 2 + ["refused"] * 7
        assert len(pins_of(ada)) == 5
        assert (pin(ada, made[0]).status, pin(ada, made[11]).status) in [(204, 422), (204, 204)]

    def test_end_with_the_post_which_makes_room(self, ada):
        made = [publish(ada) for _ in range(6)]
        for post_id in made[:5]:
            pin(ada, post_id)

        refused = pin(ada, made[5]).body["code"]
        delete_post(ada.id, made[2], now=NOON)

        assert (refused, pin(ada, made[5]).status) == ("pin_cap_reached", 204)
        assert pins_of(ada) == [made[5], made[4], made[3], made[1], made[0]]
        assert Post.objects.of(ada.id).on_primary().get(id=made[2]).pin_id is None

    def test_are_shown_to_whom_the_posts_are(self, ada, grace):
        plain, narrowed = publish(ada), publish(ada)
        for post_id in (plain, narrowed):
            pin(ada, post_id)
        edit_post(ada.id, narrowed, EditPost(audience="followers"), now=NOON)

        before = pins_of(ada, as_=ada), pins_of(ada, as_=grace)
        edit_profile(ada.id, EditProfile(is_private=True))

        assert before == ([narrowed, plain], [plain])
        closed = call("GET", f"/v1/users/{ada.id}/pins", as_=grace)
        assert (closed.status, closed.body["code"]) == (403, "account_private")

    def test_change_no_card(self, ada):
        post_id = publish(ada)
        before = call("GET", f"/v1/posts/{post_id}", as_=ada)

        pin_post(ada.id, post_id)
        pinned = call("GET", f"/v1/posts/{post_id}", as_=ada)
        unpin_post(ada.id, post_id)

        assert (pinned.body, pinned.headers["ETag"]) == (before.body, before.headers["ETag"])


class TestProfile:
    def test_names_what_is_pinned_on_its_first_page_if_asked(self, ada, grace):
        quoted = publish(grace)
        old = quote(ada, quoted)
        newest = [publish(ada) for _ in range(3)][::-1]
        for post_id in (old, newest[0]):
            pin(ada, post_id)

        def ask(query: str) -> dict[str, Any]:
            body: dict[str, Any] = call("GET", f"/v1/users/{ada.id}/posts?limit=2{query}", as_=grace).body
            return body

        plain, first = ask(""), ask("&include=pins")
        second = ask(f"&include=pins&cursor={first['next']}")

        assert ("pinned" in plain, "pinned" in second) == (False, False)
        assert first["pinned"] == [str(newest[0]), str(old)]
        assert [int(card["id"]) for card in first["data"]] == newest[:2]
        assert first["included"]["posts"].keys() == {str(old), str(newest[0]), str(quoted)}
        assert first["included"]["users"].keys() == {str(ada.id), str(grace.id)}
        assert first["state"].keys() == {str(id) for id in (*newest[:2], old, quoted)}


class TestCost:
    @pytest.mark.parametrize("many", [1, 5])
    def test_is_one_read_of_an_index_and_the_cards(self, ada, many):
        for _ in range(many):
            pin_post(ada.id, publish(ada))
        path = f"/v1/users/{ada.id}/pins"
        call("GET", path, as_=ada)

        with count_queries() as queries, count_trips() as trips:
            assert len(call("GET", path, as_=ada).body["data"]) == many

        assert (count_reads(queries), trips.trips) == (1, 2)
        [sql] = [sql for _, sql in queries.statements if "posts_post" in sql]
        with connections["a"].cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}", [ada.id, ada.id, 5][: sql.count("%s")])
            plan = "\n".join(row for (row,) in cursor.fetchall())
            cursor.execute("RESET enable_seqscan")
        assert "posts_post_pinned" in plan

    def test_is_nothing_for_a_profile_that_does_not_ask(self, ada):
        post_id = publish(ada)
        pin_post(ada.id, post_id)
        path = f"/v1/users/{ada.id}/posts"
        call("GET", path, as_=ada)

        with count_queries() as queries:
            call("GET", path, as_=ada)
        with count_queries() as asked:
            call("GET", f"{path}?include=pins", as_=ada)

        assert (count_reads(queries), count_reads(asked)) == (1, 2)
