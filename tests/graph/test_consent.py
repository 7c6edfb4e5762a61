"""What users answer to requests, one by one and going public: it crosses much, and is about one edge."""

from __future__ import annotations

import pytest

from modules.graph import tasks
from modules.graph.errors import (
    FollowRequestNotFound,
)
from modules.graph.events import (
    FollowAccepted,
    FollowConfirmed,
    FollowerAdded,
    FollowRejected,
    FollowRevoked,
    RequestsAnswered,
)
from modules.graph.public import (
    follow,
    set_private,
    unfollow,
    viewer_of,
)
from modules.graph.services import consent
from modules.graph.services.consent import accept_request, reject_request, revoke_follow
from modules.graph.services.statuses import note_status, sync_followers
from sharding.scope import Once
from tests.graph.kit import asked, counts, differences, edge, edge_of, followers, sides
from tests.kit.delivery import announced_events, drain
from tests.kit.people import NOON, make_newcomers
from tests.kit.relationships import stands

pytestmark = pytest.mark.django_db


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
