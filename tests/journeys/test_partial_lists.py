"""An instance dies: lists elsewhere leave out what lives there, name it, and are whole again after."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.accounts.public import issue_session_token
from modules.graph import public as graph
from modules.kernel import clock
from modules.kernel.redis.servers import redis
from modules.timelines.models import windows
from tests.kit.delivery import drain
from tests.kit.http import call
from tests.kit.machines import until
from tests.kit.people import Person, make_person
from tests.kit.posts import publish

pytestmark = pytest.mark.django_db

# A shard of each instance.
A, B = 0, 4095


def forget_cards() -> None:
    """Empty Redis of finished cards; windows and rule sets stay."""
    for kind in ("post", "user"):
        keys = redis("a").run(("KEYS", f"{kind}:*"))[0]
        if keys:
            redis("a").run(("DEL", *keys))


@pytest.fixture
def world(db) -> tuple[Person, Person, Person]:
    """A reader and an author on `a`, and an author on `b`; all follow each other."""
    vera = make_person("vera", shard=A)
    vera = replace(vera, token=issue_session_token(vera.id, now=clock.now()))
    people = (vera, make_person("ada", shard=A), make_person("bea", shard=B))
    for one in people:
        for other in people:
            if one is not other:
                graph.follow(one.id, other.id)
    drain()
    return people


class TestHome:
    def test_leaves_out_and_names_what_cannot_be_drawn(self, world, stack):
        reader, ada, bea = world
        texts = [publish(author, text) for author, text in ((ada, "1"), (bea, "2"), (ada, "3"), (bea, "4"))]
        drain()
        call("GET", "/v1/timelines/home", as_=reader)
        forget_cards()

        stack.kill("b")
        page = call("GET", "/v1/timelines/home", as_=reader)

        assert (page.status, page.texts) == (200, ["3", "1"])
        assert (page.body["partial"], page.body["missing"]) == (True, [str(texts[3]), str(texts[1])])

        first = call("GET", "/v1/timelines/home?limit=1", as_=reader)
        following = call("GET", f"/v1/timelines/home?limit=1&cursor={first.body['next']}", as_=reader)
        assert (first.texts, first.body["missing"]) == (["3"], [str(texts[3])])
        assert (following.texts, following.body["missing"]) == (["1"], [str(texts[1])])

        stack.start("b")
        until(lambda: not call("GET", "/v1/timelines/home", as_=reader).body["partial"])
        whole = call("GET", "/v1/timelines/home", as_=reader)
        assert (whole.texts, whole.body["missing"]) == (["4", "3", "2", "1"], [])

    def test_shows_what_is_cached_of_a_dead_instance(self, world, stack):
        reader, _, bea = world
        publish(bea, "cached")
        drain()
        call("GET", "/v1/timelines/home", as_=reader)

        stack.kill("b")
        page = call("GET", "/v1/timelines/home", as_=reader)

        assert (page.texts, page.body["partial"], page.body["missing"]) == (["cached"], False, [])

    def test_without_the_card_of_an_author_leaves_the_post_out(self, world, stack):
        reader, _, bea = world
        post_id = publish(bea, "whose")
        drain()
        call("GET", "/v1/timelines/home", as_=reader)
        redis("a").run(("DEL", f"user:{bea.id}"))

        stack.kill("b")
        page = call("GET", "/v1/timelines/home", as_=reader)

        assert (page.status, page.texts, page.body["missing"]) == (200, [], [str(post_id)])
        assert page.body["partial"] is True

    def test_that_was_never_read_is_partial_and_not_kept_so(self, world, stack):
        reader, ada, bea = world
        publish(ada, "here")
        publish(bea, "there")
        drain()
        redis("a").run(("DEL", windows.home(reader.id)))

        stack.kill("b")
        page = call("GET", "/v1/timelines/home", as_=reader)
        assert (page.status, page.texts, page.body["partial"]) == (200, ["here"], True)

        stack.start("b")
        until(lambda: not call("GET", "/v1/timelines/home", as_=reader).body["partial"])
        assert call("GET", "/v1/timelines/home", as_=reader).texts == ["there", "here"]

    def test_of_a_reader_of_the_dead_instance_is_unavailable(self, world, stack):
        reader, _, _ = world
        redis("a").run(("DEL", windows.home(reader.id)))

        stack.kill("a")
        stack.kill("a_replica1")

        assert call("GET", "/v1/timelines/home", as_=reader).status == 503


class TestOtherLists:
    @pytest.mark.parametrize("side", ["followers", "following"])
    def test_of_people_leave_out_and_name_who_cannot_be_drawn(self, world, stack, side):
        reader, ada, bea = world
        forget_cards()

        stack.kill("b")
        page = call("GET", f"/v1/users/{reader.id}/{side}")

        assert page.status == 200
        assert [card["id"] for card in page.body["data"]] == [str(ada.id)]
        assert (page.body["partial"], page.body["missing"]) == (True, [str(bea.id)])

    def test_of_people_show_a_cached_card_without_counts(self, world, stack):
        reader, ada, bea = world
        call("GET", f"/v1/users?ids={ada.id},{bea.id}")

        stack.kill("b")
        page = call("GET", f"/v1/users/{reader.id}/followers")

        assert {card["id"] for card in page.body["data"]} == {str(ada.id), str(bea.id)}
        assert (page.body["state"].keys(), page.body["partial"]) == ({str(ada.id)}, True)

    def test_of_somebodys_own_making_leave_out_and_name_what_cannot_be_read(self, world, stack):
        reader, ada, bea = world
        made = call("POST", "/v1/me/lists", {"name": "Friends"}, as_=reader).body["id"]
        for member in (ada, bea):
            call("PUT", f"/v1/me/lists/{made}/members/{member.id}", as_=reader)
        publish(ada, "here")
        publish(bea, "there")
        paths = f"/v1/timelines/lists/{made}", f"/v1/me/lists/{made}/members"
        until(lambda: call("GET", paths[0], as_=reader).texts == ["there", "here"])
        forget_cards()

        stack.kill("b")
        timeline, members = (call("GET", path, as_=reader) for path in paths)

        # Which posts are lacking nobody can tell: they are pulled from where they live.
        assert (timeline.status, timeline.texts) == (200, ["here"])
        assert (timeline.body["partial"], timeline.body["missing"]) == (True, [])
        assert [card["id"] for card in members.body["data"]] == [str(ada.id)]
        assert (members.body["partial"], members.body["missing"]) == (True, [str(bea.id)])

        stack.start("b")
        until(lambda: not call("GET", paths[0], as_=reader).body["partial"])
        assert call("GET", paths[0], as_=reader).texts == ["there", "here"]

    def test_of_posts_show_a_cached_card_without_counts_and_without_own_marks(self, world, stack):
        _, ada, bea = world
        bea = replace(bea, token=issue_session_token(bea.id, now=clock.now()))
        here, there = publish(ada), publish(bea)
        path = f"/v1/posts?ids={here},{there}"
        whole = call("GET", path, as_=bea).body
        redis("a").run(("DEL", f"postcount:{there}", f"mine:{bea.id}"))

        stack.kill("b")
        page = call("GET", path, as_=bea).body
        one = call("GET", f"/v1/posts/{there}")

        assert (page["data"], page["missing"], page["partial"]) == (whole["data"], [], True)
        assert page["state"] == {str(here): {"counts": whole["state"][str(here)]["counts"], "mine": None}}
        assert (one.status, one.body["state"]) == (200, {})

    def test_of_users_by_ids_tell_who_is_unknown_from_who_cannot_be_read(self, world, stack):
        _, ada, bea = world
        forget_cards()

        stack.kill("b")
        page = call("GET", f"/v1/users?ids={bea.id},77,{ada.id}")

        assert [card["id"] for card in page.body["data"]] == [str(ada.id)]
        assert (page.body["missing"], page.body["unavailable"]) == ([str(bea.id), "77"], [str(bea.id)])
        assert page.body["partial"] is True

    def test_of_posts_by_ids_do_as_well(self, world, stack):
        _, ada, bea = world
        here, there = publish(ada, "here"), publish(bea, "there")
        forget_cards()

        stack.kill("b")
        page = call("GET", f"/v1/posts?ids={there},77,{here}")

        assert page.texts == ["here"]
        assert (page.body["missing"], page.body["unavailable"]) == ([str(there), "77"], [str(there)])

    @pytest.mark.parametrize("path", ["/v1/posts/{post}", "/v1/users/{user}", "/v1/users/{user}/posts"])
    def test_of_one_dead_instance_alone_are_unavailable(self, world, stack, path):
        *_, bea = world
        post_id = publish(bea, "there")
        forget_cards()

        stack.kill("b")

        assert call("GET", path.format(post=post_id, user=bea.id)).status == 503
