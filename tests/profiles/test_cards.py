"""Cards as finished JSON, and what they cost."""

import json

import pytest

from modules.graph.public import add_edges_in_bulk, viewer_of
from modules.graph.schemas import PUBLIC_VIEWER
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.profiles.models import Profile
from modules.profiles.public import create_profiles_in_bulk, map_cards
from modules.profiles.selectors.users import list_followers, list_following, list_users
from sharding.scope import writing_for
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.people import make_newcomers
from tests.kit.redis import redis_away

pytestmark = pytest.mark.django_db


def suspend(person) -> None:
    with writing_for(person.id):
        Profile.objects.of(person.id).update(status=2, version=2)


class TestMapCards:
    def test_returns_finished_cards_in_the_order_asked(self, ada, vera):
        drain()

        cards = map_cards([vera.id, 5, ada.id], viewer=PUBLIC_VIEWER)

        assert list(cards) == [vera.id, ada.id]
        card = json.loads(cards[ada.id].json)
        assert card.pop("joined_at").endswith("Z")
        assert card == {
            "id": str(ada.id),
            "username": "ada",
            "display_name": "ada",
            "bio": "",
            "custom": {},
            "avatar": None,
            "cover": None,
            "is_private": False,
        }

    def test_says_the_same_without_redis(self, ada, vera, settings):
        drain()
        with_redis = map_cards([ada.id, vera.id], viewer=PUBLIC_VIEWER)

        with redis_away(settings):
            assert map_cards([ada.id, vera.id], viewer=PUBLIC_VIEWER) == with_redis

    def test_leaves_out_whoever_is_not_to_be_shown(self, ada, vera):
        drain()
        suspend(vera)

        assert list(map_cards([ada.id, vera.id], viewer=PUBLIC_VIEWER)) == [ada.id]

    @pytest.mark.parametrize("count", [5, 40])
    def test_costs_one_read_per_instance_and_then_none(self, db, count):
        people = make_newcomers(count)
        create_profiles_in_bulk([(person.id, person.username) for person in people])
        ids = [person.id for person in people]

        with count_queries() as cold:
            map_cards(ids, viewer=PUBLIC_VIEWER)
        map_cards(ids, viewer=viewer_of(ids[0]))
        with count_queries() as warm, count_trips() as trips:
            found = map_cards(ids, viewer=viewer_of(ids[0]))

        assert len(found) == count
        assert cold.by_alias == {"a": 1, "b": 1}
        assert (warm.total, trips.trips) == (0, 1)

    def test_returns_the_head_beside_the_card(self, ada):
        drain()

        drawn = map_cards([ada.id], viewer=PUBLIC_VIEWER)[ada.id]

        assert (drawn.head.status, drawn.version) == (1, 1)


class TestLists:
    @pytest.fixture(autouse=True)
    def _people(self, ada):
        people = make_newcomers(41)
        create_profiles_in_bulk([(person.id, person.username) for person in [ada, *people]])
        # One after another, so that every page holds people of both instances.
        for person in people:
            add_edges_in_bulk([(person.id, ada.id), (ada.id, person.id)])
        self.people = people

    @pytest.mark.parametrize("limit", [5, 40])
    @pytest.mark.parametrize("list_", [list_followers, list_following])
    def test_cost_the_same_at_any_length(self, ada, list_, limit):
        list_(ada.id, Paging.first(limit=limit), viewer=viewer_of(ada.id))

        with count_queries() as queries, count_trips() as trips:
            page = list_(ada.id, Paging.first(limit=limit), viewer=viewer_of(ada.id))

        # The edges on the owner's shard, and the counts on both instances.
        assert len(page.parse().data) == limit
        assert sum("graph_" in sql for _, sql in queries.statements) == 3
        assert trips.trips == 1

    @pytest.mark.parametrize("count", [5, 40])
    def test_by_ids_cost_the_same_at_any_length(self, count):
        ids = [person.id for person in self.people[:count]]
        list_users(ids, viewer=viewer_of(ids[0]))

        with count_queries() as queries, count_trips() as trips:
            page = list_users(ids, viewer=viewer_of(ids[0]))

        assert len(page.parse().data) == count
        assert sum("graph_" in sql for _, sql in queries.statements) == 2
        assert trips.trips == 1
