"""What is popular: rankings by the clock, read by pages of what the reader may see now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.graph import public as graph
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.kernel.redis.servers import redis
from modules.posts import public as posts
from modules.posts.models import PostCount
from modules.posts.schemas import EditPost
from modules.posts.selectors import popular as popular_posts
from modules.posts.services.edits import edit_post
from modules.posts.services.posts import delete_post
from modules.timelines.models import Ranking
from modules.timelines.models.rankings import POSTS
from modules.timelines.selectors.explore import get_explore
from modules.timelines.selectors.rankings import forget_rankings
from modules.timelines.services.rankings import rank_popular_posts, rank_trending_tags
from sharding.ids import EPOCH, make_id, shard_of
from sharding.scope import writing_directory, writing_for
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.http import call
from tests.kit.machines import until
from tests.kit.pages import ids_of, on
from tests.kit.people import NOON, make_person, sign_up
from tests.kit.posts import publish, quote, reply, repost

pytestmark = pytest.mark.django_db

EXPLORE = "/v1/timelines/explore"
A, B = 0, 4095


def rank(now=None):
    """Do what the clock does, and have this process see it."""
    rank_popular_posts(now=now or clock.now())
    rank_trending_tags(now=now or clock.now())
    forget_rankings()


def like(post_id, times):
    for _ in range(times):
        posts.add_reaction(make_person().id, post_id, "like")


def ranked(now=None):
    return [post.post_id for post in posts.rank_posts(now=now or clock.now()).posts]


class TestRanking:
    def test_puts_first_what_most_react_to_and_pass_on_on_all_instances(self):
        ada, bea, cleo = make_person(shard=A), make_person(shard=B), make_person(shard=A)
        liked, shared, plain = publish(ada), publish(bea), publish(cleo)
        like(liked, 3)
        for _ in range(2):
            repost(make_person(), shared)
        drain()

        assert ranked() == [shared, liked]
        assert plain not in ranked()

    def test_has_two_posts_of_an_author_and_no_replies_or_reposts(self):
        ada = make_person()
        own = [publish(ada) for _ in range(4)]
        for n, post_id in enumerate(own):
            like(post_id, n + 1)
        other = publish(make_person())
        quoting = quote(make_person(), other)
        for post_id in (quoting, reply(make_person(), other)):
            like(post_id, 1)
        like(other, 1)
        drain()

        found = ranked()

        assert [id for id in found if id in own] == [own[3], own[2]]
        assert set(found) == {own[3], own[2], quoting, other}

    def test_is_not_had_by_talking_to_oneself(self):
        ada, bea = make_person(), make_person()
        talked, liked = publish(ada), publish(bea)
        for _ in range(5):
            reply(ada, talked)
        like(liked, 1)
        drain()

        assert ranked() == [liked]

    def test_falls_with_age_and_ends_with_its_window(self, settings):
        settings.POSTS = replace(settings.POSTS, popular_hours=6)
        now = clock.now()
        ada = make_person()
        # Counts alone, of posts that nobody wrote: what is ranked of them no card is found of.
        ages = {1: 10, 5: 10, 5.5: 100, 7: 1000}
        moments = {age: (now - timedelta(hours=age) - EPOCH) // timedelta(milliseconds=1) for age in ages}
        ids = {age: make_id(moment, shard_of(ada.id), 1) for age, moment in moments.items()}
        for age, likes in ages.items():
            with writing_for(ada.id):
                PostCount.objects.create(post_id=ids[age], reactions={"like": likes})

        rows = PostCount.objects.everywhere(
            lambda rows: popular_posts._best(rows, now), within=5, on_primary=True
        ).rows

        assert [row["post_id"] for row in rows] == [ids[age] for age in (5.5, 1, 5)]
        assert rows[1]["score"] == pytest.approx(10 / 3**1.5)

    def test_has_what_everybody_may_see_alone(self):
        ada, bea = make_person(), make_person()
        hidden, public = publish(ada), publish(bea)
        for post_id in (hidden, public):
            like(post_id, 1)
        drain()

        edit_post(ada.id, hidden, EditPost(audience="followers"), now=NOON)

        assert ranked() == [public]


class TestExplore:
    @pytest.fixture
    def popular(self):
        """Six posts by six authors, the last the most popular; ranked."""
        ids = [publish(make_person(), f"{n}") for n in range(6)]
        for n, post_id in enumerate(ids):
            like(post_id, n + 1)
        drain()
        rank()
        return ids[::-1]

    def test_is_read_by_pages_of_one_ranking_whatever_becomes_popular(self, popular):
        first = call("GET", f"{EXPLORE}?limit=2")
        like(popular[-1], 20)
        drain()
        rank()
        second = call("GET", f"{EXPLORE}?limit=3&cursor={first.body['next']}")
        last = call("GET", f"{EXPLORE}?limit=3&cursor={second.body['next']}")
        back = call("GET", f"{EXPLORE}?limit=2&cursor={second.body['prev']}")
        anew = call("GET", f"{EXPLORE}?limit=1")

        assert [page.texts for page in (first, second, last)] == [["5", "4"], ["3", "2", "1"], ["0"]]
        assert (first.body["prev"], last.body["next"]) == (None, None)
        assert back.texts == first.texts
        assert anew.texts == ["0"]

    def test_goes_on_in_the_newest_ranking_where_an_old_one_is_forgotten(self, popular):
        cursor = call("GET", f"{EXPLORE}?limit=2").body["next"]
        rank(clock.now() + timedelta(hours=2))

        assert Ranking.objects.filter(name=POSTS).count() == 1
        assert call("GET", f"{EXPLORE}?limit=2&cursor={cursor}").texts == ["3", "2"]

    def test_hides_at_the_next_request(self, popular):
        vera = sign_up("vera")
        authors = call("GET", EXPLORE).body["data"]
        vera.call("PUT", f"/v1/me/mutes/{authors[0]['author_id']}", {"notifications": True})
        vera.call("PUT", f"/v1/me/blocks/{authors[1]['author_id']}")
        delete_post(int(authors[2]["author_id"]), popular[2], now=NOON)

        assert call("GET", EXPLORE, as_=vera).texts == ["2", "1", "0"]
        assert call("GET", EXPLORE).texts == ["5", "4", "2", "1", "0"]

    def test_is_empty_before_anything_was_ranked(self):
        for path in (EXPLORE, "/v1/tags/trending"):
            answer = call("GET", path)
            assert (answer.status, answer.body["data"], answer.body["partial"]) == (200, [], False)

    def test_loses_nothing_with_redis_and_is_partial_with_an_instance_away(self, popular, stack):
        redis("a").run(("FLUSHDB",))
        forgotten = call("GET", EXPLORE)

        stack.kill("b")
        rank()
        away = call("GET", EXPLORE)
        stack.start("b")
        until(lambda: not posts.rank_posts(now=clock.now()).is_partial)
        rank()

        assert (forgotten.texts, forgotten.body["partial"]) == (["5", "4", "3", "2", "1", "0"], False)
        assert (away.status, away.body["partial"]) == (200, True)
        assert call("GET", EXPLORE).texts == forgotten.texts

    def test_is_what_was_known_while_the_directory_is_away(self, popular, stack):
        before = call("GET", f"{EXPLORE}?limit=2")
        stack.kill("default")
        known = call("GET", f"{EXPLORE}?limit=2&cursor={before.body['next']}")
        forget_rankings()
        unknown = call("GET", EXPLORE)
        stack.start("default")

        assert (known.status, known.texts) == (200, ["3", "2"])
        assert (unknown.status, unknown.body["data"], unknown.body["partial"]) == (200, [], True)

    @pytest.mark.parametrize("many", [5, 40])
    def test_is_filled_again_where_the_best_are_hidden_and_walked_both_ways(self, many):
        vera, loud, ada = sign_up("vera"), make_person(), make_person()
        ids = [publish(loud) for _ in range(30)] + [publish(ada) for _ in range(45)]
        with writing_directory():
            entries = [[id, (loud if n < 30 else ada).id] for n, id in enumerate(ids)]
            Ranking.objects.create(name=POSTS, made_at=NOON, entries=entries, is_partial=False)
        vera.call("PUT", f"/v1/me/mutes/{loud.id}", {"notifications": True})
        viewer, paging = graph.viewer_of(vera.id), Paging.first(many)
        get_explore(paging, viewer=viewer)

        with count_queries() as queries, count_trips() as trips:
            first = get_explore(paging, viewer=viewer)
        second = get_explore(on(paging, first.next), viewer=viewer)
        back = get_explore(on(paging, second.prev), viewer=viewer)

        assert ids_of(first) == ids_of(back) == ids[30 : 30 + many]
        assert ids_of(second) == ids[30 + many : 30 + 2 * many]
        assert (queries.total, trips.trips <= 5) == (0, True)

    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_no_query_and_one_round_trip_at_any_length(self, many):
        authors = [make_person() for _ in range(6)]
        ids = [publish(authors[n % 6]) for n in range(many + 3)]
        with writing_directory():
            entries = [[id, authors[n % 6].id] for n, id in enumerate(ids)]
            Ranking.objects.create(name=POSTS, made_at=NOON, entries=entries, is_partial=False)
        get_explore(Paging.first(many), viewer=graph.viewer_of(0))

        with count_queries() as queries, count_trips() as trips:
            page = get_explore(Paging.first(many), viewer=graph.viewer_of(0))

        assert ids_of(page) == ids[:many]
        assert (queries.total, trips.trips) == (0, 1)


def test_tags_trend_by_people(settings):
    settings.POSTS = replace(settings.POSTS, trend_authors=2)
    for author in (make_person(), make_person()):
        publish(author, "#forest")
    publish(make_person(), "#alone")
    drain()
    rank()

    answer = call("GET", "/v1/tags/trending")

    assert answer.body["data"] == [{"tag": "forest", "posts": 2, "authors": 2}]
