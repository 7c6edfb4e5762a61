"""Who closes an account, is suspended, or comes back: lists and counts of the others agree."""

from __future__ import annotations

import threading
from itertools import permutations

import pytest
from django.db import connections

from modules.accounts.events import AccountStatusChanged
from modules.accounts.public import cancel_deletion, request_deletion, restore_account, suspend_account
from modules.graph import tasks
from modules.graph.events import StatusChanged
from modules.graph.models import FollowCount, FollowIn, FollowOut
from modules.graph.public import add_edges_in_bulk, batch_follower_ids, follow, unfollow
from modules.graph.services import statuses
from modules.graph.services.statuses import note_status
from sharding.scope import Once
from tests.graph.kit import counts, followers, hear_nothing
from tests.kit.delivery import announced_events, drain
from tests.kit.http import call
from tests.kit.people import NOON, Person, make_newcomer, make_newcomers

pytestmark = pytest.mark.django_db


def close(person: Person) -> None:
    request_deletion(person.id, confirm=person.username, now=NOON)


def suspend(person: Person) -> None:
    suspend_account(person.id, now=NOON)


def open_again(person: Person) -> None:
    cancel_deletion(person.id)


def restore(person: Person) -> None:
    restore_account(person.id)


def listed(person: Person, side: str) -> list[str]:
    """Return the ids on the whole list of one side."""
    answer = call("GET", f"/v1/users/{person.id}/{side}?limit=100")
    assert answer.status == 200, answer
    return sorted(card["id"] for card in answer.body["data"])


def shown(person: Person) -> tuple[int, int]:
    """Return (followers, following) as anybody is shown them, once both agree with the lists."""
    answer = call("GET", f"/v1/users/{person.id}")
    state = answer.body["state"][str(person.id)]
    both = state["followers"], state["following"]
    assert both == (len(listed(person, "followers")), len(listed(person, "following")))
    return both


@pytest.fixture
def circle(ada, grace, vera) -> list[Person]:
    """Three on both instances, each of whom follows both others."""
    people = [ada, grace, vera]
    for one, other in permutations(people, 2):
        follow(one.id, other.id)
    drain()
    return people


class TestClosing:
    @pytest.mark.parametrize(("end", "come_back"), [(close, open_again), (suspend, restore)])
    @pytest.mark.parametrize("at", [0, 2])
    def test_is_seen_on_both_sides_and_undone(self, circle, at, end, come_back):
        gone = circle.pop(at)

        end(gone)
        drain()

        assert [shown(person) for person in circle] == [(1, 1), (1, 1)]
        assert call("GET", f"/v1/users/{gone.id}/followers").status == 404

        come_back(gone)
        drain()

        assert [shown(person) for person in [*circle, gone]] == [(2, 2)] * 3

    def test_told_twice_counts_once(self, circle, redeliver):
        gone = circle.pop()

        close(gone)
        redeliver(times=2)
        assert [counts(person) for person in circle] == [(1, 1), (1, 1)]

        open_again(gone)
        redeliver(times=2)
        assert [counts(person) for person in [*circle, gone]] == [(2, 2)] * 3

    def test_by_a_log_in_in_time_is_taken_back(self, circle):
        gone = circle.pop()

        for _ in range(3):
            close(gone)
            open_again(gone)
        close(gone)
        drain()

        assert [shown(person) for person in circle] == [(1, 1), (1, 1)]

    def test_of_both_ends_counts_each_when_it_comes_back(self, circle):
        ada, grace, vera = circle
        close(ada)
        close(vera)
        drain()
        assert shown(grace) == (0, 0)

        open_again(vera)
        drain()
        assert (shown(grace), shown(vera)) == ((1, 1), (1, 1))

        open_again(ada)
        drain()
        assert [shown(person) for person in circle] == [(2, 2)] * 3

    def test_leaves_fan_out_alone(self, circle):
        ada, _, vera = circle
        close(vera)
        drain()

        assert vera.id in next(batch_follower_ids(ada.id))

    def test_comes_to_all_followers_a_part_at_a_time(self, db, monkeypatch):
        monkeypatch.setattr(statuses, "BATCH", 3)
        star, *fans = make_newcomers(11)
        add_edges_in_bulk([(fan.id, star.id) for fan in fans] + [(star.id, fan.id) for fan in fans])
        drain()

        close(star)
        drain(times=2)
        assert [counts(fan) for fan in fans] == [(0, 0)] * 10

        open_again(star)
        drain(times=2)
        assert [counts(fan) for fan in fans] == [(1, 1)] * 10
        assert shown(star) == (10, 10)

    def test_by_a_bulk_load_is_not_undone(self, circle):
        gone = circle.pop()
        close(gone)
        drain()

        add_edges_in_bulk([(one.id, other.id) for one, other in permutations([*circle, gone], 2)])
        drain()

        assert [shown(person) for person in circle] == [(1, 1), (1, 1)]


class TestMeanwhile:
    """Edges that come and go while an account closes."""

    def test_an_unfollow_of_somebody_hidden_counts_nothing_off(self, circle):
        ada, grace, vera = circle
        close(vera)
        drain()

        unfollow(ada.id, vera.id)
        drain()
        assert shown(ada) == (1, 1)

        open_again(vera)
        drain()
        assert [shown(person) for person in (ada, grace, vera)] == [(2, 1), (2, 2), (1, 2)]

    def test_an_edge_whose_news_comes_after_the_closing_is_hidden(self, ada, vera):
        follow(ada.id, vera.id)
        follow(vera.id, ada.id)
        note_status(vera.id, is_closed=True, once=Once("test", "1"))

        drain()

        assert (followers(vera), followers(ada)) == ([ada.id], [vera.id])
        assert counts(ada) == (0, 0)

        note_status(vera.id, is_closed=False, once=Once("test", "2"))
        drain()
        assert (counts(ada), counts(vera)) == ((1, 1), (1, 1))

    def test_an_edge_made_after_the_closing_was_noted_is_hidden(self, ada, vera):
        note_status(vera.id, is_closed=True, once=Once("test", "1"))
        drain()

        follow(ada.id, vera.id)  # accounts says still that she is there
        follow(vera.id, ada.id)
        drain()

        assert counts(ada) == (0, 0)

        note_status(vera.id, is_closed=False, once=Once("test", "2"))
        drain()
        assert (counts(ada), counts(vera)) == ((1, 1), (1, 1))

    def test_who_came_back_while_an_edge_was_away_is_counted_when_it_returns(self, circle):
        ada, grace, _ = circle
        close(ada)
        drain()
        open_again(ada)
        unfollow(ada.id, grace.id)
        drain()

        follow(ada.id, grace.id)
        drain()

        assert (shown(ada), shown(grace)) == ((2, 2), (2, 2))

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_versions_told_out_of_order_end_in_the_newest(self, circle, order):
        ada, _, vera = circle
        hear_nothing()
        for number, is_closed in enumerate([True, False, True]):
            note_status(vera.id, is_closed=is_closed, once=Once("test", str(number)))
        events = announced_events(StatusChanged)

        for number in order:
            tasks.count_follower_by_status(events[number], Once("a", str(number)))
            tasks.count_followee_by_status(events[number], Once("b", str(number)))

        assert [event.version for event in events] == [1, 2, 3]
        assert counts(ada) == (1, 1)

    def test_an_old_version_that_a_slow_worker_tells_late_changes_nothing(self, circle):
        ada, _, vera = circle
        close(vera)
        drain()
        open_again(vera)
        drain()
        late = [vera.id, True, 1, [ada.id]]

        statuses._execute([ada.id], statuses._SYNC_FOLLOWEES, late)
        statuses._execute([ada.id], statuses._SYNC_FOLLOWERS, [True, 1, [ada.id], vera.id, 1])

        assert shown(ada) == (2, 2)

    def test_many_follow_and_unfollow_while_an_account_closes_and_opens(self, db):
        star = make_newcomer("star", shard=4000)
        fans = make_newcomers(8)

        def churn() -> None:
            for round in range(6):
                for fan in fans:
                    follow(fan.id, star.id)
                    follow(star.id, fan.id)
                    if round % 2:
                        unfollow(fan.id, star.id)
            connections.close_all()

        thread = threading.Thread(target=churn)
        thread.start()
        for number in range(7):
            note_status(star.id, is_closed=number % 2 == 0, once=Once("churn", str(number)))
            drain()
        thread.join()
        drain()
        assert [counts(fan) for fan in fans] == [(0, 0)] * 8

        note_status(star.id, is_closed=False, once=Once("churn", "last"))
        drain()

        for person in [star, *fans]:
            rows = FollowIn.objects.of(person.id).on_primary().filter(is_active=True, is_hidden=False)
            outs = FollowOut.objects.of(person.id).on_primary().filter(is_hidden=False)
            assert counts(person) == (rows.count(), outs.count())
        assert not FollowOut.objects.of(star.id).on_primary().filter(is_hidden=True).exists()


class TestNoteStatus:
    def test_of_what_is_noted_announces_nothing(self, ada):
        event = AccountStatusChanged(user_id=ada.id, is_active=True)

        tasks.note_account_status(event, Once("test", "1"))

        assert announced_events(StatusChanged) == []
        assert not FollowCount.objects.of(ada.id).on_primary().filter(is_closed=True).exists()
