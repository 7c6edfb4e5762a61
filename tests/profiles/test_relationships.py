"""How a user and others stand: the rule of the lists, by their ids."""

import pytest

from modules.accounts.services.account_status import cancel_deletion, request_deletion
from modules.graph.public import viewer_of
from modules.kernel import clock
from modules.kernel.redis.client import count_trips
from modules.profiles.selectors.users import list_relationships
from sharding.ids import make_id
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.people import make_newcomers
from tests.kit.relationships import stands_as_json

pytestmark = pytest.mark.django_db

NOBODY = make_id(1, 9, 9)


class TestRelationships:
    def test_come_in_the_order_asked_each_once(self, ada, grace, vera):
        ada.call("PUT", f"/v1/me/following/{vera.id}")
        drain()

        answer = ada.call("GET", f"/v1/me/relationships?ids={vera.id},{grace.id},{vera.id}")

        assert answer.status == 200
        assert answer.body == {
            "data": [
                stands_as_json(vera.id, following=True),
                stands_as_json(grace.id),
            ],
            "included": {},
            "state": {},
            "next": None,
            "prev": None,
            "partial": False,
            "missing": [],
        }

    @pytest.mark.parametrize("ids", ["", "?ids=", "?ids=0", "?ids=a", "?ids=1&ids=2", "?ids=1&more=2"])
    def test_refuse_what_names_nobody(self, ada, ids):
        assert ada.call("GET", f"/v1/me/relationships{ids}").status == 400

    def test_refuse_more_than_a_hundred(self, ada):
        ids = ",".join(str(number) for number in range(1, 102))

        assert ada.call("GET", f"/v1/me/relationships?ids={ids}").status == 400

    def test_name_those_who_are_not_there_as_missing_and_the_closed_among_them(self, ada, grace, vera):
        for other in (grace, vera):
            ada.call("PUT", f"/v1/me/following/{other.id}")
            other.call("PUT", f"/v1/me/following/{ada.id}")
        drain()
        request_deletion(vera.id, confirm="vera", now=clock.now())
        drain()

        body = ada.call("GET", f"/v1/me/relationships?ids={NOBODY},{vera.id},{grace.id}").body

        assert body["data"] == [stands_as_json(grace.id, following=True, followed_by=True)]
        assert (body["missing"], body["partial"]) == ([str(NOBODY), str(vera.id)], False)
        for side in ("followers", "following"):
            cards = ada.call("GET", f"/v1/users/{ada.id}/{side}").body["data"]
            assert [card["id"] for card in cards] == [str(grace.id)]
        cancel_deletion(vera.id)
        drain()
        again = ada.call("GET", f"/v1/me/relationships?ids={vera.id}").body
        assert again["data"] == [stands_as_json(vera.id, following=True, followed_by=True)]

    @pytest.mark.parametrize("count", [5, 40])
    def test_cost_three_reads_of_the_viewers_shard_and_a_trip(self, ada, count):
        ids = [person.id for person in make_newcomers(count)]
        drain()
        list_relationships(ids, viewer=viewer_of(ada.id))

        with count_queries() as queries, count_trips() as trips:
            page = list_relationships(ids, viewer=viewer_of(ada.id))

        assert len(page.data) == count
        assert (sum("graph_" in sql for _, sql in queries.statements), trips.trips) == (3, 1)
