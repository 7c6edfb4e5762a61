"""Replies and reposts in homes: which of them are news for whom, and what it costs to know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.graph import public as graph
from modules.graph.schemas import FollowOptions, MuteOptions
from modules.graph.services.follows import set_follow_options
from modules.graph.services.mutes import mute
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.posts.schemas import NewPost
from modules.posts.services.posts import delete_post, publish_post
from modules.posts.services.reposts import remove_repost
from modules.timelines import public as timelines
from modules.timelines.selectors.repeats import REACH
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.pages import ids_of, on
from tests.kit.people import NOON, make_person
from tests.kit.posts import publish, publish_past, quote, reply, repost
from tests.timelines.kit import flat, follow, read_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    return make_person(shard=3)


@pytest.fixture
def ada(reader):
    """Somebody whom the reader follows."""
    person = make_person(shard=4)
    follow(reader, person)
    return person


@pytest.fixture
def vera(reader):
    """Somebody else whom the reader follows, on the other instance."""
    person = make_person(shard=4000)
    follow(reader, person)
    return person


@pytest.fixture
def stranger():
    return make_person(shard=4001)


def home(reader, limit=20):
    return flat(read_ids(reader, limit=limit))


class TestReplies:
    def test_enter_if_the_replied_to_is_followed_as_well_or_is_the_reader(self, reader, ada, vera, stranger):
        theirs, own = publish(stranger), publish(reader)
        drain()
        news = [
            publish(vera),
            reply(ada, own),
            reply(reader, theirs),
        ]
        news += [reply(ada, news[0]), reply(vera, news[0])]
        reply(ada, theirs)
        reply(stranger, own)
        drain()

        warm = home(reader)
        assert warm == sorted([own, *news], reverse=True)

    def test_leave_when_the_replied_to_is_unfollowed(self, reader, ada, vera):
        first = publish(vera)
        answer = reply(ada, first)
        drain()
        before = home(reader)

        graph.unfollow(reader.id, vera.id)

        assert (before, home(reader)) == ([answer, first], [])

    def test_that_enter_not_do_not_end_the_page(self, reader, ada, stranger):
        publish_past(ada, *range(1, 8))
        theirs = publish(stranger)
        for _ in range(30):
            reply(ada, theirs)
        drain()

        pages = read_ids(reader, limit=3)

        assert len(flat(pages)) == 7


class TestReposts:
    def test_of_whom_the_reader_hides_them_and_of_whom_they_mute_are_gone_at_once(
        self, reader, ada, vera, stranger
    ):
        of_ada, of_vera = repost(ada, publish(stranger)), repost(vera, publish(stranger))
        own = publish(ada)
        drain()
        assert home(reader) == [own, of_vera, of_ada]

        set_follow_options(reader.id, ada.id, FollowOptions(reposts=False))
        assert home(reader) == [own, of_vera]
        set_follow_options(reader.id, ada.id, FollowOptions(reposts=True))
        assert home(reader) == [own, of_vera, of_ada]
        mute(reader.id, stranger.id, MuteOptions(), now=NOON)

        assert home(reader) == [own]

    def test_enter_by_whoever_reposts_with_the_original_of_a_stranger(self, reader, ada, stranger):
        original = publish(stranger, "Far away")
        passed_on, own = repost(ada, original), repost(reader, publish(stranger))
        drain()

        page = timelines.get_home(graph.viewer_of(reader.id), Paging.first()).parse()

        assert [card.id for card in page.data] == [own, passed_on]
        assert page.included.posts[original].text == "Far away"
        assert page.included.users.keys() == {reader.id, ada.id, stranger.id}

    def test_vanish_at_the_next_request(self, reader, ada, vera, stranger):
        originals = [publish(stranger) for _ in range(3)]
        one, _, last = (repost(ada, original) for original in originals)
        quoting = quote(vera, originals[2])
        drain()
        assert len(home(reader)) == 4

        remove_repost(ada.id, originals[1], now=NOON)
        assert home(reader) == [quoting, last, one]
        delete_post(stranger.id, originals[2], now=NOON)
        assert home(reader) == [quoting, one]
        graph.unfollow(reader.id, ada.id)
        assert home(reader) == [quoting]

    def test_come_with_a_follow_and_go_with_it(self, reader, stranger):
        busy = make_person()
        passed_on = repost(busy, publish(stranger))
        home(reader)

        follow(reader, busy)
        drain()

        assert home(reader) == [passed_on]

    def test_of_pulled_authors_come_and_go_as_well(self, reader, stranger, settings):
        settings.GRAPH = replace(settings.GRAPH, pull_threshold=1, pull_demotion=1)
        star = make_person()
        follow(reader, star)
        drain()
        original = publish(stranger)
        passed_on = repost(star, original)
        drain()
        before = home(reader)

        remove_repost(star.id, original, now=NOON)

        assert (before, home(reader)) == ([passed_on], [])

    def test_are_left_out_while_the_same_post_stands_not_far_above(self, reader, ada, vera, stranger):
        original, followed = publish(stranger), publish(vera)
        repost(ada, original)
        dropped_for_the_post_below_it_is_not = repost(ada, followed)
        last = repost(vera, original)
        drain()

        # Of two reposts the newer stands, and a repost above its original is news.
        assert home(reader) == [last, dropped_for_the_post_below_it_is_not, followed]

    @pytest.mark.parametrize("limit", [7, 20])
    @pytest.mark.parametrize(("between", "is_shown"), [(REACH - 1, False), (REACH, True)])
    def test_reach_is_the_same_wherever_pages_end(
        self, reader, ada, vera, stranger, limit, between, is_shown
    ):
        original = publish(stranger)
        first = repost(ada, original)
        others = [publish(ada) for _ in range(between)]
        last = repost(vera, original)
        drain()

        pages = read_ids(reader, limit=limit)

        assert flat(pages) == [last, *others[::-1], *([first] if is_shown else [])]
        paging, back = Paging.first(limit), []
        cursor = timelines.get_home(graph.viewer_of(reader.id), paging)
        while cursor.next:
            cursor = timelines.get_home(graph.viewer_of(reader.id), on(paging, cursor.next))
        back = ids_of(cursor)
        while newer := ids_of(
            cursor := timelines.get_home(graph.viewer_of(reader.id), on(paging, cursor.prev))
        ):
            back = newer + back
        assert back == flat(pages)


class TestCost:
    @pytest.mark.parametrize("many", [5, 40])
    def test_reposts_on_the_newest_page_cost_the_round_of_their_originals(
        self, many, reader, ada, vera, stranger
    ):
        for number in range(many):
            (quote if number % 2 else repost)((ada, vera)[number % 2], publish(stranger))
        drain()
        timelines.get_home(graph.viewer_of(reader.id), Paging.first(many))

        with count_queries() as queries, count_trips() as trips:
            page = timelines.get_home(graph.viewer_of(reader.id), Paging.first(many))

        assert len(ids_of(page)) == many
        # Candidates, cards, originals, and the reader's own marks on those.
        assert (queries.total, trips.trips) == (0, 4)

    @pytest.mark.parametrize("many", [5, 40])
    def test_replies_cost_one_round_trip_more_also_with_posts_for_followers(
        self, many, reader, ada, vera, stranger
    ):
        news = NewPost(text="Psst", audience="followers")
        private = publish_post(vera.id, news, now=NOON, once=None).id
        quote(ada, publish(stranger))
        above = publish(vera)
        for _ in range(many):
            reply(ada, above)
        drain()
        assert private in home(reader, limit=100)
        limit = many + 3

        with count_queries() as queries, count_trips() as trips:
            page = timelines.get_home(graph.viewer_of(reader.id), Paging.first(limit))

        assert len(ids_of(page)) == limit
        # Candidates, cards, originals, own marks on those; and whom of all named the reader follows.
        assert (queries.total, trips.trips) == (0, 5)

    def test_an_older_page_costs_more_only_with_reposts(self, reader, ada, stranger):
        for _ in range(5):
            publish(ada)
        repost(ada, publish(stranger))
        for _ in range(10):
            publish(ada)
        drain()
        paging, costs = Paging.first(5), []
        home(reader, limit=5)
        page = timelines.get_home(graph.viewer_of(reader.id), paging)
        for _ in range(2):
            with count_trips() as trips:
                page = timelines.get_home(graph.viewer_of(reader.id), on(paging, page.next))
            costs.append(trips.trips)

        # Candidates and cards; with a repost originals, own marks, and candidates and cards of what is above.
        assert costs == [2, 2 + 4]
