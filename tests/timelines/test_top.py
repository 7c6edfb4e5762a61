"""A home by rank: the best first, in an order that stands while it is walked, of what may be shown now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.accounts.public import issue_session_token, set_roles
from modules.graph import public as graph
from modules.graph.schemas import MuteOptions
from modules.graph.services.mutes import mute
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.kernel.principals import OPERATOR
from modules.kernel.redis.client import count_trips
from modules.kernel.redis.servers import redis
from modules.posts import public as posts
from modules.posts.services.reposts import remove_repost
from modules.timelines.models.ranks import rank_key
from modules.timelines.selectors.ranked import get_top
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.http import call
from tests.kit.pages import count_reads
from tests.kit.people import NOON, make_person, sign_up
from tests.kit.posts import publish, publish_past, quote, reply, repost
from tests.kit.redis import redis_away
from tests.timelines.kit import follow

pytestmark = pytest.mark.django_db

HOUR = 3_600_000


def like(post_id: int, times: int) -> None:
    for _ in range(times):
        posts.add_reaction(make_person().id, post_id, "like")
    drain()


def top(reader, query: str = ""):
    return call("GET", f"/v1/timelines/home?order=top{query}", as_=reader)


def ids_of(answer) -> list[int]:
    assert answer.status == 200, answer
    return [int(card["id"]) for card in answer.body["data"]]


@pytest.fixture
def reader():
    return sign_up("vera", shard=3)


@pytest.fixture
def ada(reader):
    """Somebody whom the reader follows, on the other instance."""
    person = make_person(shard=4000)
    follow(reader, person)
    drain()
    return person


@pytest.fixture
def ranked(reader, ada):
    """Seven posts, the best first."""
    made = publish_past(ada, *range(1, 8))
    like(made[2], 3)
    like(made[5], 2)
    like(made[0], 1)
    return [made[at] for at in (2, 5, 0, 6, 4, 3, 1)]


class TestOrder:
    def test_counts_what_people_made_of_a_post(self, reader, ada):
        replied, liked, shared, plain, quoted = publish_past(ada, 1, 2, 3, 4, 5)
        like(liked, 1)
        reply(make_person(), replied)
        repost(make_person(), shared)
        quote(make_person(), quoted)
        drain()

        assert ids_of(top(reader)) == [quoted, shared, replied, liked, plain]

    def test_lets_a_post_count_half_as_much_after_half_a_day(self, reader, ada):
        old, middle, new = publish_past(ada, 1, 12 * HOUR, 24 * HOUR)
        like(old, 2)

        before = ids_of(top(reader))
        like(old, 2)

        assert (before, ids_of(top(reader))) == ([new, old, middle], [old, new, middle])

    def test_is_the_operators_to_say(self, reader, ada, settings):
        settings.TIMELINES = replace(settings.TIMELINES, top_reaction_weight=0, top_half_life_hours=1)
        old, new = publish_past(ada, 1, HOUR)
        like(old, 3)

        assert ids_of(top(reader)) == [new, old]

    def test_shows_a_post_once_by_what_is_counted_of_itself(self, reader, ada):
        bob = make_person()
        follow(reader, bob)
        loved, plain = publish_past(ada, 1, 2)
        unknown = publish(make_person())
        like(loved, 5)
        like(unknown, 1)
        again, theirs = repost(bob, loved), repost(bob, unknown)
        drain()

        found = ids_of(top(reader))
        remove_repost(bob.id, loved, now=NOON)

        # The repost is newer by years, and as much is counted of it.
        assert found == [theirs, again, plain] or found == [again, theirs, plain]
        assert ids_of(top(reader)) == [theirs, loved, plain]

    def test_holds_nothing_that_the_home_does_not(self, reader, ada, ranked):
        stranger, loud = make_person(), make_person()
        follow(reader, loud)
        elsewhere, muted = publish(stranger), publish(loud)
        answer = reply(ada, elsewhere)
        for post_id in (elsewhere, muted, answer):
            like(post_id, 9)
        mute(reader.id, loud.id, MuteOptions(), now=clock.now())

        assert ids_of(top(reader)) == ranked


class TestPages:
    def test_walk_the_order_of_the_first_both_ways_whatever_happens_meanwhile(self, reader, ada, ranked):
        first = top(reader, "&limit=2")
        like(ranked[6], 9)
        publish(ada)
        drain()

        second = top(reader, f"&limit=2&cursor={first.body['next']}")
        third = top(reader, f"&limit=9&cursor={second.body['next']}")
        back = top(reader, f"&limit=3&cursor={third.body['prev']}")
        begin = top(reader, f"&limit=3&cursor={back.body['prev']}")
        above = top(reader, f"&limit=3&cursor={begin.body['prev']}")

        assert [ids_of(page) for page in (first, second, third)] == [ranked[:2], ranked[2:4], ranked[4:]]
        assert third.body["next"] is None
        assert [ids_of(page) for page in (back, begin, above)] == [ranked[1:4], ranked[:1], []]
        assert ids_of(top(reader, f"&limit=9&cursor={above.body['next']}")) == ranked

    def test_show_nothing_that_is_gone_since(self, reader, ada, ranked):
        bob = make_person()
        follow(reader, bob)
        left = publish_past(bob, 8)[0]
        first = top(reader, "&limit=1")
        posts.delete_post(ada.id, ranked[1], now=NOON)
        second = top(reader, f"&limit=2&cursor={first.body['next']}")
        graph.unfollow(reader.id, ada.id)
        drain()

        third = top(reader, f"&limit=9&cursor={second.body['next']}")

        # The page is filled again: what is gone leaves no gap.
        assert ids_of(second) == [ranked[2], left]
        assert (ids_of(third), third.body["next"]) == ([], None)

    def test_end_when_their_order_is_gone(self, reader, ada, ranked, settings):
        first = top(reader, "&limit=2")
        path = f"&limit=2&cursor={first.body['next']}"
        settings.TIMELINES = replace(settings.TIMELINES, top_seconds=-1)
        late = top(reader, path)
        settings.TIMELINES = replace(settings.TIMELINES, top_seconds=600)
        early = top(reader, path)
        redis("a").run(("DEL", rank_key(reader.id)))
        lost = top(reader, path)

        assert (ids_of(early), [late.status, lost.status]) == (ranked[2:4], [410, 410])
        assert lost.body["code"] == "cursor_expired"
        assert lost.body["detail"] == "Read the first page again, without a cursor."

    @pytest.mark.parametrize("spoiled", [b"garbage", b"\xff" * 72], ids=["cut", "no_ids"])
    def test_end_where_their_order_cannot_be_read(self, reader, ranked, spoiled):
        first, key = top(reader, "&limit=2"), rank_key(reader.id)
        [[moment, _]] = redis("a").run(("HGETALL", key))
        redis("a").run(("HSET", key, moment, spoiled))

        answer = top(reader, f"&limit=2&cursor={first.body['next']}")

        assert (answer.status, redis("a").run(("EXISTS", key))) == (410, [0])

    def test_of_one_order_are_none_of_another(self, reader, ranked):
        by_rank, by_time = top(reader, "&limit=2"), call("GET", "/v1/timelines/home?limit=2", as_=reader)

        crossed = [
            top(reader, f"&cursor={by_time.body['next']}"),
            call("GET", f"/v1/timelines/home?cursor={by_rank.body['next']}", as_=reader),
        ]

        assert [answer.body["code"] for answer in crossed] == ["cursor_invalid"] * 2

    def test_keep_the_newest_four_orders_of_somebody_for_ten_minutes(self, reader, ranked):
        firsts = [top(reader, "&limit=2") for _ in range(6)]

        [kept] = redis("a").run(("HLEN", rank_key(reader.id)))
        [life] = redis("a").run(("TTL", rank_key(reader.id)))
        seconds = [top(reader, f"&limit=2&cursor={first.body['next']}").status for first in firsts]

        assert (kept, seconds) == (4, [410, 410, 200, 200, 200, 200])
        assert 590 < life <= 600


class TestCost:
    @pytest.mark.parametrize("many", [5, 40])
    def test_is_three_round_trips_for_each_page_and_no_query(self, reader, ada, many):
        for _ in range(90):
            publish(ada)
        drain()
        first = top(reader, f"&limit={many}")

        with count_queries() as queries, count_trips() as trips:
            top(reader, f"&limit={many}")
        with count_queries() as further_queries, count_trips() as further_trips:
            second = top(reader, f"&limit={many}&cursor={first.body['next']}")

        assert len(ids_of(second)) == many
        # Both ask who calls and count the request beside; the home does too.
        assert (queries.total, trips.trips) == (0, 3)
        assert (further_queries.total, further_trips.trips) == (0, 3)

    @pytest.mark.parametrize("many", [30, 130])
    def test_is_bounded_where_nothing_is_cached(self, reader, ada, many, settings):
        settings.TIMELINES = replace(settings.TIMELINES, top_size=many)
        bob = make_person(shard=4)
        follow(reader, bob)
        publish_past(ada, *range(1, 150, 2))
        publish_past(bob, *range(2, 150, 2))
        graph.pulled_author_ids()

        with count_queries() as queries:
            page = get_top(graph.viewer_of(reader.id), Paging.first())

        assert len(page.parse().data) == 20
        # As a cold home; further down than the window that is made, the shards are asked once more.
        assert count_reads(queries) == (11 if many == 30 else 14)


class TestWithoutRedis:
    def test_there_is_one_page_which_says_so(self, reader, ada, settings):
        settings.TIMELINES = replace(settings.TIMELINES, pull_size=10)
        made = publish_past(ada, *range(1, 16))
        like(made[12], 1)
        like(made[0], 9)

        with redis_away(settings):
            answer = top(reader, "&limit=3")

        assert ids_of(answer) == [made[12], made[14], made[13]]
        assert (answer.body["next"], answer.body["prev"], answer.body["partial"]) == (None, None, True)

    def test_a_further_page_comes_later(self, reader, ranked, settings):
        path = f"&limit=2&cursor={top(reader, '&limit=2').body['next']}"

        with redis_away(settings):
            answer = top(reader, path)

        assert (answer.status, answer.body["code"], answer.headers["Retry-After"]) == (
            503,
            "unavailable",
            "2",
        )
        assert ids_of(top(reader, path)) == ranked[2:4]


class TestExplained:
    def test_tells_what_ranked_each_post_and_what_was_dropped(self, ada):
        olga = make_person("olga", shard=3)
        set_roles(olga.id, [OPERATOR])
        olga = replace(olga, token=issue_session_token(olga.id, now=clock.now()))
        follow(olga, ada)
        drain()
        one, two, three = publish_past(ada, 1, 1 + 12 * HOUR, 2 + 12 * HOUR)
        like(one, 3)
        again = repost(ada, two)
        drain()

        first = top(olga, "&explain=1&limit=2")
        second = top(olga, f"&explain=1&limit=2&cursor={first.body['next']}")

        told = first.body["explained"]["candidates"]
        assert ids_of(first) == [again, one]
        assert [(int(each["post_id"]), each["source"], each["dropped_by"]) for each in told] == [
            (again, "window", None),
            (three, "window", None),
            (two, "window", "repeated"),
            (one, "window", None),
        ]
        scores = {int(each["post_id"]): each["score"] for each in told}
        # Four times as much is half a day older: it is ahead by one, but for a millisecond.
        assert scores[two] is None
        assert scores[one] - scores[three] == pytest.approx(1.0, abs=1e-6)
        further = second.body["explained"]["candidates"]
        assert [(int(each["post_id"]), each["source"], each["score"]) for each in further] == [
            (three, "ranking", scores[three])
        ]
