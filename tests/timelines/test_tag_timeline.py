"""The timeline of a tag: everybody's public posts, of what the reader may see now."""

import pytest

from modules.accounts.public import suspend_account
from modules.graph import public as graph
from modules.graph.schemas import MuteOptions
from modules.graph.services.mutes import mute
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.posts.schemas import EditPost
from modules.posts.selectors.tags import tag_id_of
from modules.posts.services.edits import edit_post
from modules.posts.services.posts import delete_post
from modules.profiles.schemas import EditProfile
from modules.profiles.services.profiles import edit_profile
from modules.timelines.selectors.tag_timeline import get_tag_timeline
from sharding.ids import shard_of
from sharding.shard_map import alias_of
from sharding.testing import count_queries
from tests.kit.delivery import drain, until_replicated
from tests.kit.http import call
from tests.kit.machines import until
from tests.kit.pages import count_reads, ids_of, on
from tests.kit.people import NOON, make_person, sign_up
from tests.kit.posts import publish, reply

pytestmark = pytest.mark.django_db

A, B = 0, 4095


def arrive():
    drain()
    until_replicated()


def read(person=None, tag="forest", **query):
    return call("GET", f"/v1/timelines/tags/{tag}", as_=person, **query)


@pytest.fixture
def authors():
    """One of each instance."""
    return make_person("ada", shard=A), make_person("bea", shard=B)


class TestTagTimeline:
    def test_has_everybodys_posts_newest_first_for_everybody(self, authors):
        ada, bea = authors
        first = publish(ada, "1 #forest")
        publish(bea, "2 #FOREST")
        publish(ada, "nothing")
        reply(bea, first, "3 #forest")
        arrive()

        anonymous, known = read(), read(sign_up("vera"))

        assert (anonymous.status, anonymous.texts) == (200, ["3 #forest", "2 #FOREST", "1 #forest"])
        assert known.texts == anonymous.texts
        users = anonymous.body["included"]["users"].values()
        assert sorted(user["username"] for user in users) == ["ada", "bea"]

    @pytest.mark.parametrize("written", ["stra%C3%9Fe", "STRASSE", "%23Strasse", "%EF%BC%B3trasse"])
    def test_is_one_however_the_tag_is_written(self, authors, written):
        publish(authors[0], "#Straße")
        arrive()

        assert read(tag=written).texts == ["#Straße"]

    @pytest.mark.parametrize(
        "tag", ["2026", "a%20b", "a.b", "_", "%23", "%F0%9F%8C%B2", "a" * 65, "%00", "%ff"]
    )
    def test_refuses_what_no_text_can_have(self, tag):
        answer = read(tag=tag)

        assert (answer.status, answer.body["code"], answer.pointers) == (422, "tag_invalid", ["tag"])

    def test_of_a_tag_that_nobody_used_is_empty(self):
        answer = read(tag="silence")

        assert (answer.status, answer.body["data"], answer.body["next"]) == (200, [], None)

    def test_hides_at_the_next_request(self, authors):
        ada, bea = authors
        vera, own = sign_up("vera"), sign_up("own")
        posts = [publish(ada, f"{n} #forest") for n in range(4)]
        for author in (bea, own):
            publish(author, "by others #forest")
        arrive()

        delete_post(ada.id, posts[0], now=NOON)
        edit_post(ada.id, posts[1], EditPost(audience="followers"), now=NOON)
        narrowed = read()
        vera.call("PUT", f"/v1/me/blocks/{bea.id}")
        vera.call("PUT", f"/v1/me/mutes/{own.id}", {"notifications": True})
        blocked = read(vera)
        suspend_account(bea.id, now=NOON)
        drain()
        suspended = read()
        edit_profile(ada.id, EditProfile(is_private=True))
        private = read()

        others = ["by others #forest"]
        assert narrowed.texts == [*others * 2, "3 #forest", "2 #forest"]
        assert blocked.texts == ["3 #forest", "2 #forest"]
        assert suspended.texts == [*others, "3 #forest", "2 #forest"]
        assert private.texts == others

    def test_fills_its_pages_again_and_is_walked_to_the_end(self, authors):
        ada, bea = authors
        vera = make_person()
        for n in range(12):
            publish(ada if n % 3 == 0 else bea, f"{n} #forest")
        arrive()
        mute(vera.id, bea.id, MuteOptions(), now=NOON)
        viewer = graph.viewer_of(vera.id)

        page = get_tag_timeline("forest", Paging.first(2), viewer=viewer)
        rest = get_tag_timeline("forest", on(Paging.first(2), page.next), viewer=viewer)

        texts = [[card.text for card in one.parse().data] for one in (page, rest)]
        assert texts == [["9 #forest", "6 #forest"], ["3 #forest", "0 #forest"]]

    @pytest.mark.parametrize("known", [False, True])
    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_one_read_and_one_round_trip_at_any_length(self, many, known, authors):
        reader = make_person().id if known else 0
        for n in range(many + 3):
            publish(authors[n % 2], f"{n} #forest")
        arrive()
        get_tag_timeline("forest", Paging.first(many), viewer=graph.viewer_of(reader))

        with count_queries() as queries, count_trips() as trips:
            page = get_tag_timeline("forest", Paging.first(many), viewer=graph.viewer_of(reader))

        assert len(ids_of(page)) == many
        assert (count_reads(queries), trips.trips) == (1, 1)


class TestDeadInstances:
    def test_of_authors_cost_their_posts_and_the_tags_own_costs_all(self, authors, stack):
        tags = {
            alias_of(shard_of(tag_id_of(tag))): tag for tag in ("moss", "fern", "oak", "elm", "yew", "ash")
        }
        for author in authors:
            publish(author, " ".join(f"#{tag}" for tag in tags.values()))
        arrive()

        stack.kill("b")
        here, there = read(tag=tags["a"]), read(tag=tags["b"])
        stack.start("b")

        assert (here.status, len(here.texts), here.body["partial"]) == (200, 1, True)
        assert len(here.body["missing"]) == 1
        assert (there.status, there.body["code"]) == (503, "unavailable")
        until(lambda: len(read(tag=tags["b"]).body.get("data", [])) == 2)
