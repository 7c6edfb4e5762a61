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
    FollowAccepted,
    FollowConfirmed,
    Followed,
    FollowerAdded,
    FollowRejected,
    FollowRequested,
    FollowRevoked,
    RequestsAnswered,
    Unfollowed,
)
from modules.graph.models import FollowOut
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
from modules.graph.services import audits, consent
from modules.graph.services.blocks import block, unblock
from modules.graph.services.consent import accept_request, reject_request, revoke_follow
from modules.graph.services.statuses import note_status, sync_followers
from modules.kernel.cursors import Paging
from sharding.ids import make_id
from sharding.scope import Once
from sharding.testing import count_queries
from tests.graph.kit import asked, counts, followers, hear_nothing, sides
from tests.kit.delivery import announced_events, drain, relay_some
from tests.kit.people import NOON, make_newcomers
from tests.kit.relationships import stands

pytestmark = pytest.mark.django_db


PENDING: list[Pending] = ["accept", "reject", "keep"]


@pytest.fixture
def star(vera):
    """Somebody private, on `b`; Ada and Grace are on `a`."""
    set_private(vera.id, True)
    return vera


def edge(number: int) -> int:
    return make_id(number, 3, 0)


def edge_of(follower, target) -> int:
    rows = FollowOut.objects.of(follower.id).on_primary().filter(target_id=target.id)
    return rows.values_list("edge_id", flat=True).get()


def differences(*people) -> list[object]:
    ids = [person.id for person in people]
    compared = (audits.compare_following, audits.compare_followers, audits.compare_counts)
    return [each for compare in compared for each in compare(ids)]


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


class TestAnswers:
    @pytest.fixture
    def request_id(self, ada, star) -> int:
        follow(ada.id, star.id)
        drain()
        return edge_of(ada, star)

    def test_accept(self, ada, star, request_id):
        answer = accept_request(star.id, ada.id, now=NOON)
        assert answer == stands(ada.id, followed_by=True)
        about = {"user_id": star.id, "follower_id": ada.id, "edge_id": request_id}
        assert announced_events(FollowAccepted) == [FollowAccepted(**about)]
        assert announced_events(FollowerAdded) == [FollowerAdded(**about)]
        assert counts(star) == (1, 0)

        drain(times=2)

        assert sides(ada, star) == ("follows", "follows")
        assert (counts(ada), asked(ada), counts(star)) == ((0, 1), 0, (1, 0))

    def test_accept_twice(self, ada, star, request_id):
        answers = [accept_request(star.id, ada.id, now=NOON) for _ in range(2)]
        drain()
        answers.append(accept_request(star.id, ada.id, now=NOON))

        assert answers == [stands(ada.id, followed_by=True)] * 3
        assert (counts(ada), asked(ada), counts(star)) == ((0, 1), 0, (1, 0))
        assert announced_events(FollowAccepted) == []

    def test_reject(self, ada, star, request_id):
        reject_request(star.id, ada.id, now=NOON)
        assert announced_events(FollowRejected) == [
            FollowRejected(user_id=star.id, follower_id=ada.id, edge_id=request_id)
        ]

        drain(times=2)

        assert sides(ada, star) == (None, "ended")
        assert (counts(ada), asked(ada), counts(star)) == ((0, 0), 0, (0, 0))
        with pytest.raises(FollowRequestNotFound):
            reject_request(star.id, ada.id, now=NOON)

    def test_remove_a_follower(self, ada, grace, star, request_id):
        accept_request(star.id, ada.id, now=NOON)
        drain()
        assert viewer_of(ada.id, [star.id]).follows(star.id)

        revoke_follow(star.id, ada.id, now=NOON)
        revoke_follow(star.id, ada.id, now=NOON)
        revoke_follow(star.id, grace.id, now=NOON)

        assert (followers(star), counts(star)) == ([], (0, 0))
        assert announced_events(FollowRevoked) == [
            FollowRevoked(user_id=star.id, follower_id=ada.id, edge_id=request_id)
        ]
        drain(times=2)
        assert sides(ada, star) == (None, "ended")
        assert (counts(ada), asked(ada)) == ((0, 0), 0)
        assert not viewer_of(ada.id, [star.id]).follows(star.id)

    def test_accept_counts_nobody_who_closes_before_the_follower_hears_until_they_are_back(
        self, ada, star, request_id
    ):
        accept_request(star.id, ada.id, now=NOON)
        note_status(star.id, is_closed=True, once=None)
        sync_followers(star.id, version=1, after=0, once=Once("status", "1"))
        assert (sides(ada, star), counts(ada)) == (("asks", "follows"), (0, 0))
        drain()
        assert (sides(ada, star), counts(ada)) == (("follows", "follows"), (0, 0))

        note_status(star.id, is_closed=False, once=None)
        drain()

        assert (counts(ada), differences(ada, star)) == ((0, 1), [])

    @pytest.mark.parametrize("steps", [(0, 1), (1, 0)])
    def test_accept_and_cancel_crossing_end_in_nothing(self, ada, star, request_id, steps):
        both = [lambda: accept_request(star.id, ada.id, now=NOON), lambda: unfollow(ada.id, star.id)]
        for step in steps:
            both[step]()
        drain(times=2)

        assert sides(ada, star) == (None, "ended")
        assert (counts(ada), asked(ada), counts(star)) == ((0, 0), 0, (0, 0))

    @pytest.mark.parametrize("answer", [accept_request, reject_request])
    @pytest.mark.parametrize("first", [True, False])
    def test_an_answer_to_an_older_request_leaves_the_newer_one_open(
        self, ada, star, request_id, answer, first
    ):
        if first:
            answer(star.id, ada.id, now=NOON)
        unfollow(ada.id, star.id)
        follow(ada.id, star.id)
        if not first:
            answer(star.id, ada.id, now=NOON)
        drain(times=2)

        assert edge_of(ada, star) > request_id
        assert sides(ada, star) == ("asks", "asks")
        assert (counts(ada), asked(ada), counts(star)) == ((0, 0), 1, (0, 0))

    def test_old_answers_that_come_late_change_nothing_of_a_newer_request(self, ada, star):
        follow(ada.id, star.id)
        newest = edge_of(ada, star)
        drain()
        old = {"user_id": star.id, "follower_id": ada.id, "edge_id": edge(1)}

        tasks.confirm_accepted(FollowAccepted(**old), Once("late", "accepted"))
        tasks.end_rejected(FollowRejected(**old), Once("late", "rejected"))
        tasks.end_revoked(FollowRevoked(**old), Once("late", "revoked"))

        assert (edge_of(ada, star), sides(ada, star)) == (newest, ("asks", "asks"))
        assert announced_events(FollowConfirmed) == []


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


class TestGoingPublic:
    @pytest.fixture
    def crowd(self, star, monkeypatch):
        """Five who ask, of whom two are answered at a time."""
        monkeypatch.setattr(consent, "BATCH", 2)
        people = make_newcomers(5)
        for person in people:
            follow(person.id, star.id)
        drain()
        return people

    @pytest.mark.parametrize(
        ("pending", "stand", "count"),
        [
            ("accept", ("follows", "follows"), 5),
            ("reject", (None, "ended"), 0),
            ("keep", ("asks", "asks"), 0),
        ],
    )
    def test_answers_open_requests_in_parts_and_once(self, star, crowd, pending, stand, count):
        set_private(star.id, False, pending=pending)
        assert len(announced_events(RequestsAnswered)) == (pending != "keep")

        drain(times=2)

        assert {sides(person, star) for person in crowd} == {stand}
        assert counts(star) == (count, 0)
        assert differences(star, *crowd) == []

    def test_leaves_alone_who_asks_after_it_was_private_again(self, ada, star, crowd):
        set_private(star.id, False, pending="accept")
        set_private(star.id, True)
        follow(ada.id, star.id)
        drain()

        assert {sides(person, star) for person in crowd} == {("follows", "follows")}
        assert sides(ada, star) == ("asks", "asks")

    def test_going_private_keeps_followers(self, ada, vera):
        follow(ada.id, vera.id)
        drain()
        set_private(vera.id, True)

        assert followers(vera) == [ada.id]


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
