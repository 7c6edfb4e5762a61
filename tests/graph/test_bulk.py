"""Many edges at once: what the demo loads."""

from dataclasses import replace

import pytest

from modules.graph.events import Followed, FollowerAdded
from modules.graph.models import FollowIn, FollowOut
from modules.graph.public import (
    add_edges_in_bulk,
    ensure_following,
    follow,
    is_pulled,
    pulled_author_ids,
    unfollow,
    viewer_of,
)
from modules.graph.services import bulk
from modules.graph.services.blocks import block
from tests.graph.kit import counts, followers, followings
from tests.kit.delivery import announced_events, drain
from tests.kit.people import NOON, make_newcomers

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_newcomers(8)


@pytest.fixture
def everybody(people):
    """Everybody follows everybody else."""
    return [(one.id, other.id) for one in people for other in people if one is not other]


class TestAddEdgesInBulk:
    def test_writes_both_sides_and_the_counts(self, people, everybody):
        assert add_edges_in_bulk(everybody) == 56

        for person in people:
            others = sorted(other.id for other in people if other is not person)
            assert (followings(person), followers(person)) == (others, others)
            assert counts(person) == (7, 7)

    def test_makes_no_edge_of_two_of_whom_one_blocks_the_other(self, people, everybody):
        drain()
        block(people[0].id, people[-1].id, now=NOON)
        drain()

        assert add_edges_in_bulk(everybody) == 54

        assert (counts(people[0]), counts(people[-1]), counts(people[1])) == ((6, 6), (6, 6), (7, 7))

    def test_gives_both_sides_the_same_edge(self, people, everybody):
        add_edges_in_bulk(everybody)

        first, last = people[0], people[-1]
        out = FollowOut.objects.of(first.id).on_primary().get(target_id=last.id)
        mirrored = FollowIn.objects.of(last.id).on_primary().get(follower_id=first.id)
        assert out.edge_id == mirrored.edge_id

    def test_tells_nobody(self, everybody):
        add_edges_in_bulk(everybody)

        assert (announced_events(Followed), announced_events(FollowerAdded)) == ([], [])

    def test_changes_nothing_when_it_is_run_again(self, people, everybody):
        add_edges_in_bulk(everybody)
        before = [(edge.target_id, edge.edge_id) for edge in FollowOut.objects.of(people[0].id).on_primary()]

        assert add_edges_in_bulk(everybody) == 56

        after = [(edge.target_id, edge.edge_id) for edge in FollowOut.objects.of(people[0].id).on_primary()]
        assert after == before
        assert [counts(person) for person in people] == [(7, 7)] * 8

    def test_goes_on_where_an_earlier_run_broke_off(self, people, everybody, monkeypatch):
        def break_off(mirrors):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(bulk, "_add_followers", break_off)
            with pytest.raises(KeyboardInterrupt):
                add_edges_in_bulk(everybody)
        assert [counts(person) for person in people] == [(0, 7)] * 8

        add_edges_in_bulk(everybody)

        assert [counts(person) for person in people] == [(7, 7)] * 8

    @pytest.mark.parametrize("batch", [1, 2])
    def test_takes_a_pair_that_comes_twice_for_one(self, people, monkeypatch, batch):
        monkeypatch.setattr(bulk, "BATCH", batch)
        pair = (people[0].id, people[1].id)

        add_edges_in_bulk([pair, pair])

        assert (counts(people[0]), counts(people[1])) == ((0, 1), (1, 0))

    def test_leaves_edges_that_were_made_one_by_one_as_they_are(self, people, everybody):
        follow(people[0].id, people[1].id)
        drain()

        add_edges_in_bulk(everybody)

        assert [counts(person) for person in people] == [(7, 7)] * 8

    def test_replaces_a_tombstone(self, people):
        one, other = people[:2]
        follow(one.id, other.id)
        unfollow(one.id, other.id)
        drain()

        add_edges_in_bulk([(one.id, other.id)])

        assert (followers(other), counts(other)) == ([one.id], (1, 0))

    def test_splits_what_is_too_much_for_one_transaction(self, people, everybody, monkeypatch):
        monkeypatch.setattr(bulk, "BATCH", 3)

        add_edges_in_bulk(everybody)

        assert [counts(person) for person in people] == [(7, 7)] * 8

    def test_marks_the_authors_who_are_pulled(self, people, everybody, settings):
        settings.GRAPH = replace(settings.GRAPH, pull_threshold=7)

        add_edges_in_bulk(everybody)

        assert is_pulled(people[0].id) is True
        assert pulled_author_ids() == {person.id for person in people}

    def test_drops_the_following_cache_of_the_followers(self, people):
        ensure_following(people[0].id)

        add_edges_in_bulk([(people[0].id, people[1].id)])

        assert viewer_of(people[0].id, [people[1].id]).follows(people[1].id)

    def test_reports_two_rows_for_each_edge(self, everybody):
        heard: list[int] = []

        add_edges_in_bulk(everybody, on_progress=heard.append)

        assert sum(heard) == 112
