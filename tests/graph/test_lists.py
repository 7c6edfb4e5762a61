"""Lists of edges, by keyset, and what they cost."""

from itertools import chain

import pytest

from modules.graph.public import (
    add_edges_in_bulk,
    batch_follower_ids,
    follow,
    list_followers,
    list_following,
    map_counts,
    map_relationships,
    unfollow,
)
from modules.graph.schemas import Counts
from modules.kernel.cursors import Paging
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.people import NOON, make_newcomers
from tests.kit.relationships import stands

pytestmark = pytest.mark.django_db

LISTS = {"followers": list_followers, "following": list_following}


def beyond(cursor: str | None) -> Paging:
    """The page of five that a cursor leads to."""
    assert cursor is not None
    return Paging.first(limit=5).at(cursor)


@pytest.fixture
def crowd(ada):
    """Twelve people who follow Ada and whom she follows, in that order."""
    people = make_newcomers(12)
    add_edges_in_bulk([(person.id, ada.id) for person in people])
    for person in people:
        follow(ada.id, person.id)
    return people


class TestListFollowing:
    def test_shows_the_newest_first(self, ada, crowd):
        page = list_following(ada.id, Paging.first(limit=3))

        assert [edge.user_id for edge in page.edges] == [person.id for person in crowd[:-4:-1]]

    def test_says_when_the_edge_was_made(self, ada, crowd):
        [edge] = list_following(ada.id, Paging.first(limit=1)).edges

        assert edge.since > NOON.replace(year=2025)


class TestEitherList:
    @pytest.mark.parametrize("name", LISTS)
    def test_goes_through_everybody_once_page_by_page(self, ada, crowd, name):
        paging, seen, pages = Paging.first(limit=5), [], 0

        while True:
            page = LISTS[name](ada.id, paging)
            seen += [edge.user_id for edge in page.edges]
            pages += 1
            if page.next is None:
                break
            paging = paging.at(page.next)

        assert (sorted(seen), pages) == (sorted(person.id for person in crowd), 3)

    def test_ends_without_an_empty_page(self, ada, crowd):
        page = list_following(ada.id, Paging.first(limit=12))

        assert (len(page.edges), page.next) == (12, None)

    def test_goes_back_to_what_is_newer(self, ada, crowd):
        first = list_following(ada.id, Paging.first(limit=5))
        second = list_following(ada.id, beyond(first.next))

        back = list_following(ada.id, beyond(second.prev))

        assert back == first

    def test_finds_by_prev_what_was_added_since(self, ada, crowd, vera):
        first = list_following(ada.id, Paging.first(limit=5))
        follow(ada.id, vera.id)

        newer = list_following(ada.id, beyond(first.prev))

        assert [edge.user_id for edge in newer.edges] == [vera.id]

    def test_skips_and_doubles_nobody_when_the_place_of_the_cursor_is_gone(self, ada, crowd):
        first = list_following(ada.id, Paging.first(limit=5))
        unfollow(ada.id, first.edges[-1].user_id)

        second = list_following(ada.id, beyond(first.next))

        assert [edge.user_id for edge in second.edges] == [person.id for person in crowd[6:1:-1]]

    def test_leaves_out_whoever_unfollowed(self, ada, crowd):
        unfollow(crowd[0].id, ada.id)
        drain()

        page = list_followers(ada.id, Paging.first(limit=100))

        assert sorted(edge.user_id for edge in page.edges) == sorted(person.id for person in crowd[1:])

    def test_is_empty_for_nobody(self, vera):
        page = list_followers(vera.id, Paging.first())

        assert (page.edges, page.next, page.prev) == ([], None, None)

    @pytest.mark.parametrize("name", LISTS)
    @pytest.mark.parametrize("limit", [5, 40])
    def test_costs_one_read_at_any_length(self, ada, name, limit):
        people = make_newcomers(41)
        add_edges_in_bulk([pair for person in people for pair in [(person.id, ada.id), (ada.id, person.id)]])
        warm = LISTS[name](ada.id, Paging.first(limit=1))

        with count_queries() as queries:
            page = LISTS[name](ada.id, Paging.first(limit=limit))

        assert (len(warm.edges), len(page.edges)) == (1, limit)
        assert reads(queries) == 1


class TestBatchFollowerIds:
    def test_yields_everybody_once_oldest_first(self, ada):
        people = make_newcomers(5)
        for person in people:
            follow(person.id, ada.id)
        drain()

        batches = list(batch_follower_ids(ada.id, size=2))

        assert [len(batch) for batch in batches] == [2, 2, 1]
        assert sorted(chain(*batches)) == sorted(person.id for person in people)

    def test_leaves_out_whoever_unfollowed(self, ada, grace, vera):
        follow(grace.id, ada.id)
        follow(vera.id, ada.id)
        unfollow(vera.id, ada.id)
        drain()

        assert list(batch_follower_ids(ada.id)) == [[grace.id]]

    def test_reads_the_primary_once_for_each_batch(self, ada):
        add_edges_in_bulk([(person.id, ada.id) for person in make_newcomers(10)])

        with count_queries() as queries:
            list(batch_follower_ids(ada.id, size=5))

        assert queries.by_alias == {"a": 3}


class TestMapCounts:
    def test_returns_counts_of_everybody_asked_for(self, ada, grace, vera):
        follow(ada.id, vera.id)
        follow(grace.id, vera.id)
        drain()

        assert map_counts([vera.id, ada.id, 5]) == {
            vera.id: Counts(followers=2, following=0),
            ada.id: Counts(followers=0, following=1),
            5: Counts(followers=0, following=0),
        }

    @pytest.mark.parametrize("count", [5, 40])
    def test_costs_one_read_per_instance(self, count):
        ids = [person.id for person in make_newcomers(count)]
        map_counts(ids)

        with count_queries() as queries:
            map_counts(ids)

        assert reads(queries) == 2


class TestMapRelationships:
    def test_tells_both_directions_in_the_order_asked(self, ada, grace, vera):
        follow(ada.id, vera.id)
        follow(grace.id, ada.id)
        drain()

        found = map_relationships(ada.id, [vera.id, 5, grace.id])

        assert list(found.values()) == [
            stands(vera.id, following=True),
            stands(5),
            stands(grace.id, followed_by=True),
        ]

    @pytest.mark.parametrize("count", [5, 40])
    def test_costs_three_reads_of_the_viewers_shard(self, ada, count):
        ids = [person.id for person in make_newcomers(count)]
        map_relationships(ada.id, ids)

        with count_queries() as queries:
            map_relationships(ada.id, ids)

        assert reads(queries) == 3


def reads(queries) -> int:
    """How many of the statements read our tables; a replica is also asked how far it has come."""
    return sum("graph_" in sql for _, sql in queries.statements)
