"""Following and unfollowing: the follower's side."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connections

from modules.accounts.public import suspend_account
from modules.graph.errors import CannotFollowYourself, FollowingCapReached, UserNotFound
from modules.graph.events import Followed, Unfollowed
from modules.graph.models import FollowOut
from modules.graph.public import follow, unfollow
from modules.graph.schemas import Relationship
from sharding.ids import make_id, shard_of
from tests.graph.kit import counts, followings
from tests.kit.delivery import announced_events
from tests.kit.people import NOON, make_newcomers
from tests.kit.relationships import stands

pytestmark = pytest.mark.django_db


def edge_of(follower, target) -> int:
    rows = FollowOut.objects.of(follower.id).on_primary().filter(target_id=target.id)
    return rows.values_list("edge_id", flat=True).get()


class TestFollow:
    def test_writes_the_edge_with_its_count(self, ada, vera):
        relationship = follow(ada.id, vera.id)

        assert relationship == stands(vera.id, following=True)
        assert followings(ada) == [vera.id]
        assert counts(ada) == (0, 1)

    def test_mints_the_edge_on_the_followers_shard(self, ada, vera):
        follow(ada.id, vera.id)

        assert shard_of(edge_of(ada, vera)) == shard_of(ada.id)

    def test_announces_the_edge(self, ada, vera):
        follow(ada.id, vera.id)

        edge_id = edge_of(ada, vera)
        assert announced_events(Followed) == [
            Followed(follower_id=ada.id, target_id=vera.id, edge_id=edge_id)
        ]

    def test_changes_nothing_the_second_time(self, ada, vera):
        first = follow(ada.id, vera.id)
        edge_id = edge_of(ada, vera)

        second = follow(ada.id, vera.id)

        assert second == first
        assert edge_of(ada, vera) == edge_id
        assert counts(ada) == (0, 1)
        assert len(announced_events(Followed)) == 1

    def test_makes_a_newer_edge_after_unfollowing(self, ada, vera):
        follow(ada.id, vera.id)
        first = edge_of(ada, vera)
        unfollow(ada.id, vera.id)

        follow(ada.id, vera.id)

        assert edge_of(ada, vera) > first
        assert counts(ada) == (0, 1)

    def test_refuses_oneself(self, ada):
        with pytest.raises(CannotFollowYourself):
            follow(ada.id, ada.id)

        assert (followings(ada), counts(ada), announced_events(Followed)) == ([], (0, 0), [])

    @pytest.mark.parametrize("target_id", [1, make_id(1, 4000, 0), 2**63 - 1])
    def test_refuses_whom_there_is_not(self, ada, target_id):
        with pytest.raises(UserNotFound):
            follow(ada.id, target_id)

        assert (followings(ada), counts(ada), announced_events(Followed)) == ([], (0, 0), [])

    def test_refuses_a_closed_account(self, ada, vera):
        suspend_account(vera.id, now=NOON)

        with pytest.raises(UserNotFound):
            follow(ada.id, vera.id)

        assert followings(ada) == []

    def test_refuses_beyond_the_cap(self, ada, settings):
        settings.GRAPH = replace(settings.GRAPH, following_cap=2)
        first, second, third = make_newcomers(3)
        follow(ada.id, first.id)
        follow(ada.id, second.id)

        with pytest.raises(FollowingCapReached):
            follow(ada.id, third.id)

        assert followings(ada) == sorted([first.id, second.id])
        assert counts(ada) == (0, 2)
        assert len(announced_events(Followed)) == 2

    def test_lets_somebody_at_the_cap_follow_again_whom_he_follows(self, ada, vera, settings):
        settings.GRAPH = replace(settings.GRAPH, following_cap=1)
        follow(ada.id, vera.id)

        assert follow(ada.id, vera.id).following

    def test_keeps_the_cap_when_many_come_at_once(self, ada, settings):
        settings.GRAPH = replace(settings.GRAPH, following_cap=3)
        targets = make_newcomers(12)

        outcomes = at_once([lambda target=target: follow(ada.id, target.id) for target in targets])

        assert sum(isinstance(outcome, Relationship) for outcome in outcomes) == 3
        assert sum(isinstance(outcome, FollowingCapReached) for outcome in outcomes) == 9
        assert len(followings(ada)) == 3
        assert counts(ada) == (0, 3)

    def test_counts_once_when_the_same_comes_many_times_at_once(self, ada, vera):
        at_once([lambda: follow(ada.id, vera.id)] * 8)

        assert counts(ada) == (0, 1)
        assert len(announced_events(Followed)) == 1


class TestUnfollow:
    def test_removes_the_edge_with_its_count(self, ada, vera):
        follow(ada.id, vera.id)

        unfollow(ada.id, vera.id)

        assert followings(ada) == []
        assert counts(ada) == (0, 0)

    def test_announces_which_edge_ended(self, ada, vera):
        follow(ada.id, vera.id)
        edge_id = edge_of(ada, vera)

        unfollow(ada.id, vera.id)

        ended = Unfollowed(follower_id=ada.id, target_id=vera.id, edge_id=edge_id)
        assert announced_events(Unfollowed) == [ended]

    def test_changes_nothing_where_there_is_no_edge(self, ada, vera):
        follow(ada.id, vera.id)
        unfollow(ada.id, vera.id)

        unfollow(ada.id, vera.id)

        assert counts(ada) == (0, 0)
        assert len(announced_events(Unfollowed)) == 1

    def test_leaves_other_edges_of_the_shard_alone(self, ada, grace, vera):
        follow(ada.id, vera.id)
        follow(ada.id, grace.id)
        follow(grace.id, vera.id)

        unfollow(ada.id, vera.id)

        assert (followings(ada), followings(grace)) == ([grace.id], [vera.id])


def at_once(jobs) -> list[object]:
    """Run jobs in threads of their own and return what each returned or raised."""

    def run(job):
        try:
            return job()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(run, jobs))
