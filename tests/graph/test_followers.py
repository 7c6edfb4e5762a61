"""The followee's side: a mirror that converges, whatever the order of the news."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from modules.graph import tasks
from modules.graph.events import Followed, FollowerAdded, FollowerRemoved, Unfollowed
from modules.graph.models import FollowCount
from modules.graph.public import follow, is_pulled, pulled_author_ids, unfollow
from modules.graph.services.followers import add_follower, remove_follower
from sharding.errors import AlreadyDone
from sharding.ids import make_id
from sharding.scope import Once
from tests.graph.kit import counts, followers, hear_nothing
from tests.kit.delivery import announced_events, drain
from tests.kit.people import NOON, make_newcomers

pytestmark = pytest.mark.django_db


def edge(number: int) -> int:
    return make_id(number, 3, 0)


def news(ada, vera) -> dict[str, Followed | Unfollowed]:
    """Follow, unfollow, follow: three facts about two edges."""
    about = {"follower_id": ada.id, "target_id": vera.id}
    return {
        "followed": Followed(**about, edge_id=edge(1)),
        "unfollowed": Unfollowed(**about, edge_id=edge(1)),
        "followed again": Followed(**about, edge_id=edge(2)),
        "unfollowed again": Unfollowed(**about, edge_id=edge(2)),
    }


def hear(name: str, event: Followed | Unfollowed) -> None:
    """Handle one event the way the bus does, as the delivery of that name."""
    once = Once(scope="graph.mirror", key=name)
    if isinstance(event, Followed):
        tasks.mirror_follow(event, once)
    else:
        tasks.mirror_unfollow(event, once)


class TestMirror:
    def test_follows_the_authority_over_instances(self, ada, vera):
        follow(ada.id, vera.id)

        drain()

        assert followers(vera) == [ada.id]
        assert (counts(vera), counts(ada)) == ((1, 0), (0, 1))

    def test_follows_it_back(self, ada, vera):
        follow(ada.id, vera.id)
        unfollow(ada.id, vera.id)

        drain()

        assert followers(vera) == []
        assert (counts(vera), counts(ada)) == ((0, 0), (0, 0))

    @pytest.mark.parametrize("order", list(permutations(["followed", "unfollowed", "followed again"])))
    def test_ends_followed_in_any_order(self, ada, vera, order):
        facts = news(ada, vera)

        for name in order:
            hear(name, facts[name])

        assert (followers(vera), counts(vera)) == ([ada.id], (1, 0))

    @pytest.mark.parametrize(
        "order", list(permutations(["followed", "unfollowed", "followed again", "unfollowed again"]))
    )
    def test_ends_unfollowed_in_any_order(self, ada, vera, order):
        facts = news(ada, vera)

        for name in order:
            hear(name, facts[name])

        assert (followers(vera), counts(vera)) == ([], (0, 0))

    def test_gives_way_to_nothing_older_even_without_once(self, ada, vera):
        facts = news(ada, vera)
        hear("followed", facts["followed"])
        hear("unfollowed", facts["unfollowed"])

        hear("followed, sent again after its once row was cleaned", facts["followed"])

        assert (followers(vera), counts(vera)) == ([], (0, 0))


class TestMirrorFollow:
    def test_has_one_effect_when_delivered_twice(self, ada, vera, redeliver):
        follow(ada.id, vera.id)

        redeliver(times=2)

        assert (followers(vera), counts(vera)) == ([ada.id], (1, 0))

    def test_says_once_that_posts_reach_the_follower(self, ada, vera):
        facts = news(ada, vera)
        hear("followed", facts["followed"])

        with pytest.raises(AlreadyDone):
            hear("followed", facts["followed"])

        assert announced_events(FollowerAdded) == [
            FollowerAdded(user_id=vera.id, follower_id=ada.id, edge_id=edge(1))
        ]

    def test_says_it_of_a_newer_edge_in_place_of_an_active_one_and_counts_it_once(self, ada, vera):
        facts = news(ada, vera)
        hear("followed", facts["followed"])
        hear_nothing()

        hear("followed again", facts["followed again"])

        assert announced_events(FollowerAdded) == [
            FollowerAdded(user_id=vera.id, follower_id=ada.id, edge_id=edge(2))
        ]
        assert counts(vera) == (1, 0)


class TestMirrorUnfollow:
    def test_has_one_effect_when_delivered_twice(self, ada, grace, vera, redeliver):
        follow(ada.id, vera.id)
        follow(grace.id, vera.id)
        drain()
        unfollow(ada.id, vera.id)

        redeliver(times=2)

        assert (followers(vera), counts(vera)) == ([grace.id], (1, 0))

    def test_says_so_once_on_the_followees_shard(self, ada, vera):
        facts = news(ada, vera)
        hear("followed", facts["followed"])
        hear("unfollowed", facts["unfollowed"])

        with pytest.raises(AlreadyDone):
            hear("unfollowed", facts["unfollowed"])

        assert announced_events(FollowerRemoved) == [
            FollowerRemoved(user_id=vera.id, follower_id=ada.id, edge_id=edge(1))
        ]

    def test_says_nothing_of_an_edge_it_never_saw(self, ada, vera):
        remove_follower(vera.id, ada.id, edge_id=edge(1), now=NOON, once=Once("test", "1"))

        assert announced_events(FollowerRemoved) == []
        assert counts(vera) == (0, 0)


class TestPull:
    @pytest.fixture(autouse=True)
    def _low_lines(self, settings):
        settings.GRAPH = replace(settings.GRAPH, pull_threshold=3, pull_demotion=2)

    def gain(self, author, people):
        for number, person in enumerate(people):
            add_follower(
                author.id, person.id, edge_id=edge(number + 1), now=NOON, once=Once("up", str(number))
            )

    def lose(self, author, people, *, now=NOON):
        for number, person in enumerate(people):
            once = Once("down", str(number))
            remove_follower(author.id, person.id, edge_id=edge(number + 1), now=now, once=once)

    def test_begins_at_the_threshold(self, vera):
        people = make_newcomers(3)
        self.gain(vera, people[:2])
        assert (is_pulled(vera.id), pulled_author_ids()) == (False, frozenset())

        add_follower(vera.id, people[2].id, edge_id=edge(9), now=NOON, once=Once("up", "9"))

        assert (is_pulled(vera.id), pulled_author_ids()) == (True, frozenset({vera.id}))

    def test_goes_on_between_the_lines(self, vera):
        people = make_newcomers(3)
        self.gain(vera, people)

        self.lose(vera, people[:1])

        assert (counts(vera), is_pulled(vera.id)) == ((2, 0), True)

    def test_overlaps_with_push_for_a_week_below_the_lower_line(self, vera):
        people = make_newcomers(3)
        self.gain(vera, people)

        self.lose(vera, people[:2])

        assert is_pulled(vera.id) is False
        assert pulled_author_ids() == frozenset({vera.id})
        row = FollowCount.objects.of(vera.id).on_primary().get()
        assert row.pulled_until == NOON + timedelta(days=7)

    def test_is_over_after_the_week(self, vera):
        people = make_newcomers(3)
        self.gain(vera, people)

        self.lose(vera, people[:2], now=NOON - timedelta(days=3650))

        assert pulled_author_ids() == frozenset()

    def test_is_asked_of_the_databases_once_in_a_while(self, vera, count_reads):
        pulled_author_ids()

        with count_reads() as reads:
            pulled_author_ids()

        assert reads.total == 0
