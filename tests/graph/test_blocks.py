"""Blocking and unblocking, both sides, and every race with follows: the block wins and the sides agree."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from itertools import count
from typing import Any

import pytest
from django.db import connections

from modules.accounts.public import suspend_account
from modules.graph import tasks
from modules.graph.errors import BlockCapReached, CannotBlockYourself, UserBlocked, UserNotFound
from modules.graph.events import Blocked, Followed, Unblocked, Unfollowed
from modules.graph.models import BlockIn, BlockOut, FollowCount
from modules.graph.public import follow, unfollow
from modules.graph.services.blocks import block, unblock
from modules.kernel.errors import Refusal
from sharding.ids import make_id, shard_of
from sharding.scope import Once
from tests.graph.kit import blocked, blockers, counts, followers, followings, hear_nothing
from tests.kit.delivery import announced_events, drain
from tests.kit.people import NOON, Person, make_newcomer
from tests.kit.relationships import stands

pytestmark = pytest.mark.django_db


def edge_of(blocker: Person, target: Person) -> int:
    rows = BlockOut.objects.of(blocker.id).on_primary().filter(target_id=target.id)
    return rows.values_list("edge_id", flat=True).get()


@pytest.fixture
def friends(ada, vera) -> tuple[Person, Person]:
    """Two on different instances who follow each other."""
    follow(ada.id, vera.id)
    follow(vera.id, ada.id)
    drain()
    assert (counts(ada), counts(vera)) == ((1, 1), (1, 1))
    hear_nothing()
    return ada, vera


class TestBlock:
    def test_ends_both_edges_with_their_counts_on_the_blockers_side_at_once(self, friends):
        ada, vera = friends

        assert block(ada.id, vera.id, now=NOON) == stands(vera.id, blocking=True)

        assert (blocked(ada), followings(ada), followers(ada), counts(ada)) == ([vera.id], [], [], (0, 0))
        edge_id = edge_of(ada, vera)
        assert shard_of(edge_id) == shard_of(ada.id)
        assert announced_events(Blocked) == [Blocked(user_id=ada.id, target_id=vera.id, edge_id=edge_id)]
        assert [event.follower_id for event in announced_events(Unfollowed)] == [ada.id]

    def test_ends_them_on_the_other_side_by_news_that_may_come_twice(self, friends):
        ada, vera = friends
        block(ada.id, vera.id, now=NOON)

        drain(times=2)

        assert (blockers(vera), followings(vera), followers(vera), counts(vera)) == ([ada.id], [], [], (0, 0))
        assert (followings(ada), followers(ada), counts(ada)) == ([], [], (0, 0))

    def test_changes_nothing_the_second_time(self, ada, vera):
        block(ada.id, vera.id, now=NOON)
        edge_id = edge_of(ada, vera)

        block(ada.id, vera.id, now=NOON)

        assert edge_of(ada, vera) == edge_id
        assert len(announced_events(Blocked)) == 1

    def test_refuses_oneself_and_whom_there_is_not(self, ada, vera):
        suspend_account(vera.id, now=NOON)

        for target_id, refusal in [
            (ada.id, CannotBlockYourself),
            (make_id(1, 9, 9), UserNotFound),
            (vera.id, UserNotFound),
        ]:
            with pytest.raises(refusal):
                block(ada.id, target_id, now=NOON)

        assert (blocked(ada), announced_events(Blocked)) == ([], [])

    def test_refuses_more_than_the_cap(self, ada, grace, vera, settings):
        settings.GRAPH = replace(settings.GRAPH, block_cap=1)
        block(ada.id, vera.id, now=NOON)

        with pytest.raises(BlockCapReached):
            block(ada.id, grace.id, now=NOON)

        assert block(ada.id, vera.id, now=NOON).blocking
        assert blocked(ada) == [vera.id]

    def test_makes_a_pulled_author_pushed_again_below_the_line(self, ada, grace, vera, settings):
        settings.GRAPH = replace(settings.GRAPH, pull_threshold=2, pull_demotion=2)
        for person in (grace, vera):
            follow(person.id, ada.id)
        drain()
        rows = FollowCount.objects.of(ada.id).on_primary().values_list("is_pulled", flat=True)
        assert rows.get() is True

        block(ada.id, vera.id, now=NOON)

        assert rows.all().get() is False


class TestUnblock:
    def test_ends_the_block_on_both_sides_and_brings_nothing_back(self, friends):
        ada, vera = friends
        block(ada.id, vera.id, now=NOON)
        edge_id = edge_of(ada, vera)
        drain()

        unblock(ada.id, vera.id)
        unblock(ada.id, vera.id)

        assert announced_events(Unblocked) == [Unblocked(user_id=ada.id, target_id=vera.id, edge_id=edge_id)]
        drain(times=2)
        assert (blocked(ada), blockers(vera)) == ([], [])
        assert (counts(ada), counts(vera)) == ((0, 0), (0, 0))
        [row] = BlockIn.objects.of(vera.id).on_primary()
        assert (row.edge_id, row.is_active) == (edge_id, False)

    def test_lets_both_follow_again(self, friends):
        ada, vera = friends
        block(ada.id, vera.id, now=NOON)
        drain()
        unblock(ada.id, vera.id)
        drain()

        follow(ada.id, vera.id)
        follow(vera.id, ada.id)
        drain()

        assert (counts(ada), counts(vera)) == ((1, 1), (1, 1))


class TestFollow:
    def test_of_whom_one_blocks_is_refused_by_saying_why(self, ada, vera):
        block(ada.id, vera.id, now=NOON)

        answer = ada.call("PUT", f"/v1/me/following/{vera.id}")

        assert (answer.status, answer.body["code"]) == (403, "blocked")

    def test_of_who_blocks_one_is_refused_as_if_there_were_nobody(self, ada, vera):
        block(ada.id, vera.id, now=NOON)
        drain()

        answer = vera.call("PUT", f"/v1/me/following/{ada.id}")
        nobody = vera.call("PUT", f"/v1/me/following/{make_id(1, 3, 9)}")

        assert (answer.status, answer.body["code"]) == (404, "user_not_found")
        said = [
            {k: v for k, v in it.body.items() if k not in ("request_id", "instance")}
            for it in (answer, nobody)
        ]
        assert said[0] == said[1]
        assert (followings(vera), counts(vera)) == ([], (0, 0))


class TestNewsOfABlock:
    def test_ends_an_edge_that_was_begun_before_it_came(self, ada, vera):
        block(ada.id, vera.id, now=NOON)
        follow(vera.id, ada.id)

        [news] = announced_events(Followed)
        tasks.mirror_follow(news, Once("test", "1"))
        # Not for a moment at the blocker, and soon nowhere.
        assert (followers(ada), counts(ada)) == ([], (0, 0))
        drain()

        assert (followings(vera), followers(ada)) == ([], [])
        assert (counts(ada), counts(vera)) == ((0, 0), (0, 0))

    def test_ends_it_also_if_the_end_of_the_block_is_heard_of_first(self, friends):
        ada, vera = friends
        block(ada.id, vera.id, now=NOON)
        edge_id = edge_of(ada, vera)
        unblock(ada.id, vera.id)
        about = {"user_id": ada.id, "target_id": vera.id, "edge_id": edge_id}

        tasks.mirror_unblocked(Unblocked(**about), Once("test", "1"))
        tasks.mirror_blocked(Blocked(**about), Once("test", "2"))

        assert (followings(vera), blockers(vera), counts(vera)[1]) == ([], [], 0)

    def test_ends_no_edge_that_was_begun_after_it_came(self, ada, vera):
        block(ada.id, vera.id, now=NOON)
        about = {"user_id": ada.id, "target_id": vera.id, "edge_id": edge_of(ada, vera)}
        unblock(ada.id, vera.id)
        tasks.mirror_unblocked(Unblocked(**about), Once("test", "1"))
        follow(vera.id, ada.id)

        drain()

        assert (followings(vera), followers(ada)) == ([ada.id], [vera.id])


HANDLERS: dict[type, list[Callable[[Any, Once], None]]] = {
    Followed: [tasks.mirror_follow],
    Unfollowed: [tasks.mirror_unfollow],
    Blocked: [tasks.mirror_blocked],
    Unblocked: [tasks.mirror_unblocked],
}
ACTIONS: list[Callable[[int, int], object]] = [
    follow,
    follow,
    unfollow,
    lambda user_id, target_id: block(user_id, target_id, now=NOON),
    unblock,
]


class TestHistories:
    @pytest.mark.parametrize("seed", range(6))
    def test_end_with_both_sides_agreeing_whatever_order_the_news_came_in(self, seed):
        chance, repeats = random.Random(seed), count()
        people = make_newcomer("ada", shard=3), make_newcomer("vera", shard=4000)
        heard: dict[tuple[Any, ...], int] = {}

        def waiting() -> list[Any]:
            events = [event for kind in HANDLERS for event in announced_events(kind)]
            return [event for event in events if heard.get(key(event), 0) < 2]

        def key(event: Any) -> tuple[Any, ...]:
            return (event.name, *asdict(event).values())

        def hear(event: Any) -> None:
            """Hear one piece of news, each in all twice, as if its `once` row were cleaned in between."""
            heard[key(event)] = heard.get(key(event), 0) + 1
            for handler in HANDLERS[type(event)]:
                handler(event, Once("test", str(next(repeats))))

        for _ in range(20):
            user, target = chance.sample(people, 2)
            with suppress(UserBlocked, UserNotFound):
                chance.choice(ACTIONS)(user.id, target.id)
            if (news := waiting()) and chance.random() < 0.6:
                hear(chance.choice(news))
        while news := waiting():
            hear(chance.choice(news))

        for one, other in (people, people[::-1]):
            assert blocked(one) == [other.id] * (one.id in blockers(other))
            assert followings(one) == [other.id] * (one.id in followers(other))
            assert counts(one) == (len(followers(one)), len(followings(one)))
            assert not (blocked(one) and (followings(one) or followers(one)))

    def test_of_what_happens_at_once_end_with_the_block(self, ada, vera):
        at_once(
            [
                lambda: follow(ada.id, vera.id),
                lambda: block(ada.id, vera.id, now=NOON),
                lambda: follow(vera.id, ada.id),
                lambda: follow(ada.id, vera.id),
            ]
        )
        drain()

        assert (blocked(ada), blockers(vera)) == ([vera.id], [ada.id])
        assert [followings(ada), followings(vera), followers(ada), followers(vera)] == [[], [], [], []]
        assert (counts(ada), counts(vera)) == ((0, 0), (0, 0))


def at_once(actions: list[Callable[[], object]]) -> None:
    def run(action: Callable[[], object]) -> None:
        with suppress(Refusal):
            action()
        connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        list(pool.map(run, actions))
