"""What a home costs, and that it stays right when Redis forgets or is not there."""

from dataclasses import replace

import pytest

from modules.graph import public as graph
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.kernel.redis.servers import redis
from modules.posts import public as posts
from modules.profiles.schemas import EditProfile
from modules.profiles.services.profiles import edit_profile
from modules.timelines import public as timelines
from modules.timelines.models import windows
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.pages import count_reads
from tests.kit.people import NOON, make_person
from tests.kit.posts import publish, publish_past
from tests.timelines.kit import flat, follow, read_ids

pytestmark = pytest.mark.django_db


class TestCost:
    @pytest.mark.parametrize("are_private", [False, True])
    @pytest.mark.parametrize("many", [5, 40])
    def test_a_warm_page_costs_two_round_trips_and_no_query_at_any_length(self, many, are_private):
        reader, authors = make_person(), [make_person() for _ in range(6)]
        follow(reader, *authors)
        for author in authors if are_private else ():
            edit_profile(author.id, EditProfile(is_private=True))
        drain()
        for n in range(many + 5):
            publish(authors[n % 6])
        drain()
        timelines.get_home(graph.viewer_of(reader.id), Paging.first(many))

        with count_queries() as queries, count_trips() as trips:
            page = timelines.get_home(graph.viewer_of(reader.id), Paging.first(many))

        assert len(page.parse().data) == many
        assert (queries.total, trips.trips) == (0, 2)

    def test_following_a_pulled_author_costs_a_third_round_trip(self, settings):
        settings.GRAPH = replace(settings.GRAPH, pull_threshold=1, pull_demotion=1)
        reader, star = make_person(), make_person()
        follow(reader, star)
        drain()
        publish(star)
        drain()
        timelines.get_home(graph.viewer_of(reader.id), Paging.first())

        with count_queries() as queries, count_trips() as trips:
            page = timelines.get_home(graph.viewer_of(reader.id), Paging.first())

        assert len(page.parse().data) == 1
        assert (queries.total, trips.trips) == (0, 3)

    @pytest.mark.parametrize("many", [5, 40])
    def test_a_cold_page_costs_the_same_at_any_length(self, many):
        reader, authors = make_person(), [make_person() for _ in range(6)]
        follow(reader, *authors)
        for n, author in enumerate(authors):
            publish_past(author, *range(n + 1, 60, 6))
        graph.pulled_author_ids()

        with count_queries() as queries:
            page = timelines.get_home(graph.viewer_of(reader.id), Paging.first(many))

        assert len(page.parse().data) == many
        # Followees (window and rules), exceptions, own marks; newest ids, cards, counts, profiles of both.
        assert count_reads(queries) == 11


class TestWithoutRedis:
    def test_the_same_pages_come_warm_cold_evicted_and_without_redis(self, stack, small_windows):
        reader, ada, grace = make_person(), make_person(), make_person()
        follow(reader, ada, grace)
        publish_past(ada, *range(1, 20, 2))
        publish_past(grace, *range(2, 30, 3))
        drain()
        publish(ada)
        publish(grace)
        drain()

        warm = read_ids(reader, limit=4)
        redis("a").run(("DEL", windows.home(reader.id)))
        evicted = read_ids(reader, limit=4)
        stack.flush_redis()
        flushed = read_ids(reader, limit=4)
        stack.stop_redis()
        without = read_ids(reader, limit=4)

        assert len(flat(warm)) == 22
        assert evicted == flushed == without == warm

    def test_a_page_has_the_same_bytes(self, stack):
        reader, ada = make_person(), make_person()
        follow(reader, ada)
        publish_past(ada, 1, 2, 3)
        with_redis = timelines.get_home(graph.viewer_of(reader.id), Paging.first(2))
        stack.stop_redis()

        without = timelines.get_home(graph.viewer_of(reader.id), Paging.first(2))

        assert without.json_bytes() == with_redis.json_bytes()

    def test_unfollowing_and_deleting_still_hide_at_once(self, stack):
        reader, ada, grace = make_person(), make_person(), make_person()
        follow(reader, ada, grace)
        kept, deleted = publish_past(grace, 1, 2)
        publish_past(ada, 3)
        stack.stop_redis()

        graph.unfollow(reader.id, ada.id)
        posts.delete_post(grace.id, deleted, now=NOON)

        assert flat(read_ids(reader)) == [kept]
