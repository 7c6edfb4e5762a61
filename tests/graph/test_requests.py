"""Requests to follow private accounts: both sides converge, whatever crosses on the way."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from itertools import permutations

import pytest

from modules.accounts.public import restore_account, suspend_account
from modules.graph import tasks
from modules.graph.errors import (
    FollowingCapReached,
    FollowRequestCapReached,
    FollowRequestNotFound,
    UserBlocked,
    UserNotFound,
)
from modules.graph.events import (
    Followed,
    FollowRequested,
    Unfollowed,
)
from modules.graph.public import (
    batch_follower_ids,
    follow,
    is_following,
    list_follow_requests,
    list_following_ids,
    set_private,
    unfollow,
    viewer_of,
)
from modules.graph.schemas import Pending
from modules.graph.services.blocks import block, unblock
from modules.graph.services.consent import accept_request, reject_request, revoke_follow
from modules.kernel.cursors import Paging
from sharding.scope import Once
from sharding.testing import count_queries
from tests.graph.kit import asked, counts, differences, edge, edge_of, followers, hear_nothing, sides
from tests.kit.delivery import announced_events, drain, relay_some
from tests.kit.people import NOON, make_newcomers
from tests.kit.relationships import stands

pytestmark = pytest.mark.django_db

PENDING: list[Pending] = ["accept", "reject", "keep"]


class TestAsking:
    def test_is_no_following(self, ada, star):
        answer = follow(ada.id, star.id)
        drain()

        assert answer == stands(star.id, requested=True, reposts=True)
        assert sides(ada, star) == ("asks", "asks")
        assert (counts(ada), asked(ada), counts(star)) == ((0, 0), 1, (0, 0))
        assert (list_following_ids(ada.id), is_following(ada.id, [star.id])) == ([], set())
        assert list(batch_follower_ids(star.id)) == []
        assert not viewer_of(ada.id, [star.id]).follows(star.id)

    def test_is_announced_as_that_and_once(self, ada, star):
        follow(ada.id, star.id)
        follow(ada.id, star.id)

        about = {"follower_id": ada.id, "target_id": star.id, "edge_id": edge_of(ada, star)}
        assert announced_events(FollowRequested) == [FollowRequested(**about)]
        assert announced_events(Followed) == []

    def test_costs_no_more_than_a_look_at_the_target(self, ada, star, grace):
        with count_queries() as asking:
            follow(ada.id, star.id)
        set_private(star.id, False)
        with count_queries() as following:
            follow(grace.id, star.id)

        assert (asking.by_alias["b"], following.by_alias["b"]) == (1, 1)
        assert (asking.by_alias["default"], following.by_alias["default"]) == (1, 1)

    def test_is_bounded_and_together_with_following(self, ada, grace, star, settings):
        settings.GRAPH = replace(settings.GRAPH, following_cap=3, request_cap=1)
        other, third, fourth = make_newcomers(3)
        set_private(other.id, True)
        follow(ada.id, star.id)

        with pytest.raises(FollowRequestCapReached):
            follow(ada.id, other.id)
        follow(ada.id, grace.id)
        follow(ada.id, third.id)
        with pytest.raises(FollowingCapReached):
            follow(ada.id, fourth.id)

        assert (counts(ada), asked(ada)) == ((0, 2), 1)

    def test_waits_in_a_list_newest_first_without_the_closed(self, ada, grace, star):
        follow(ada.id, star.id)
        follow(grace.id, star.id)
        drain()
        listed = [each.user_id for each in list_follow_requests(star.id, Paging.first()).edges]
        suspend_account(grace.id, now=NOON)
        drain()

        assert listed == [grace.id, ada.id]
        assert [each.user_id for each in list_follow_requests(star.id, Paging.first()).edges] == [ada.id]
        with pytest.raises(FollowRequestNotFound):
            accept_request(star.id, grace.id, now=NOON)
        restore_account(grace.id)
        drain()
        accept_request(star.id, grace.id, now=NOON)
        drain()
        assert (sides(grace, star), counts(star)) == (("follows", "follows"), (1, 0))

    def test_of_who_is_public_by_now_becomes_following(self, ada, star):
        follow(ada.id, star.id)
        drain()
        set_private(star.id, False)

        assert follow(ada.id, star.id).following
        drain()

        assert sides(ada, star) == ("follows", "follows")
        assert (counts(ada), asked(ada), counts(star)) == ((0, 1), 0, (1, 0))

    def test_that_arrives_at_a_public_account_is_accepted(self, ada, star):
        follow(ada.id, star.id)
        set_private(star.id, False)
        drain()

        assert sides(ada, star) == ("follows", "follows")

    def test_stays_following_that_arrives_at_an_account_gone_private(self, ada, vera):
        follow(ada.id, vera.id)
        set_private(vera.id, True)
        drain()

        assert sides(ada, vera) == ("follows", "follows")


class TestBlocks:
    @pytest.mark.parametrize("is_heard", [True, False])
    @pytest.mark.parametrize("by_the_asked", [True, False])
    def test_end_a_request_on_both_sides(self, ada, star, by_the_asked, is_heard):
        follow(ada.id, star.id)
        if is_heard:
            drain()
        pair = (star, ada) if by_the_asked else (ada, star)
        block(pair[0].id, pair[1].id, now=NOON)
        if by_the_asked:
            with pytest.raises(FollowRequestNotFound):
                accept_request(star.id, ada.id, now=NOON)
        drain(times=2)

        assert sides(ada, star) == (None, "ended")
        assert (counts(ada), asked(ada), counts(star)) == ((0, 0), 0, (0, 0))
        assert differences(ada, star) == []
        with pytest.raises((UserNotFound, UserBlocked)):
            follow(ada.id, star.id)


class TestMirror:
    @pytest.mark.parametrize("order", list(permutations(range(4))))
    def test_ends_at_the_newest_state_in_any_order(self, ada, star, order):
        about = {"follower_id": ada.id, "target_id": star.id}
        news = [
            (tasks.mirror_request, FollowRequested(**about, edge_id=edge(1))),
            (tasks.mirror_unfollow, Unfollowed(**about, edge_id=edge(1))),
            (tasks.mirror_request, FollowRequested(**about, edge_id=edge(2))),
            (tasks.mirror_follow, Followed(**about, edge_id=edge(2))),
        ]
        for step in order:
            hear, event = news[step]
            hear(event, Once(scope="graph.mirror", key=str(step)))

        assert (followers(star), counts(star)) == ([ada.id], (1, 0))


class TestHistories:
    @pytest.mark.parametrize("seed", range(4))
    def test_end_with_both_sides_and_all_counts_in_step(self, ada, grace, star, seed):
        chance = random.Random(seed)

        def try_to_follow(person):
            with suppress(UserNotFound, UserBlocked):
                follow(person.id, star.id)

        def attempt(answer, person):
            with suppress(FollowRequestNotFound):
                answer(star.id, person.id, now=NOON)

        steps = [
            try_to_follow,
            try_to_follow,
            lambda person: unfollow(person.id, star.id),
            lambda person: attempt(accept_request, person),
            lambda person: attempt(accept_request, person),
            lambda person: attempt(reject_request, person),
            lambda person: attempt(revoke_follow, person),
            lambda person: block(star.id, person.id, now=NOON),
            lambda person: unblock(star.id, person.id),
            lambda person: set_private(star.id, chance.random() < 0.7, pending=chance.choice(PENDING)),
            lambda person: relay_some(),
            lambda person: relay_some(),
        ]
        for _ in range(40):
            chance.choice(steps)(chance.choice([ada, grace]))
        drain(times=2)

        assert differences(ada, grace, star) == []
        hear_nothing()
