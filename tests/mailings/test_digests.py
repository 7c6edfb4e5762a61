"""Digests: who gets one, and when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from modules.accounts.public import restore_account, suspend_account
from modules.kernel import clock
from modules.mail.models import Reason
from modules.mail.services.undeliverable import mark_undeliverable
from modules.mailings.events import DigestDue
from modules.mailings.models import Subscription
from modules.mailings.services import due_digests
from modules.mailings.services.audits import compare_wishes, repair_wishes
from modules.mailings.services.due_digests import announce_due_digests
from modules.notifications import public as notifications
from modules.notifications.schemas import EditPreferences
from sharding.scope import writing_for
from sharding.testing import count_queries
from tests.kit.delivery import announced_events, drain
from tests.kit.people import NOON, make_person, sign_up
from tests.mailings.kit import (
    due_at,
    due_moment,
    mailed,
    make_digested,
    make_due,
    popular,
    prove_address,
    run,
    want,
)

pytestmark = pytest.mark.django_db


class TestWhen:
    def test_is_at_eight_of_the_zone_of_their_quiet_hours(self):
        person = make_digested(time_zone="Asia/Tokyo")

        assert due_at(person) == datetime(2026, 11, 24, 23, tzinfo=UTC)

    def test_is_heard_of_as_news_of_preferences_and_again_changes_nothing(self):
        person = sign_up("ada")
        person.call("PATCH", "/v1/me/notification-preferences", {"digest": "daily"})

        drain(times=2)

        assert due_moment(person).hour == 8
        answer = person.call("PATCH", "/v1/me/mailings", {"digest_hour": 21, "time_zone": "America/New_York"})
        assert answer.body["next_digest_at"][11:13] in ("01", "02")
        assert person.call("GET", "/v1/me/mailings").body == answer.body

    def test_is_never_once_it_is_turned_off(self):
        person = make_digested()

        want(person, digest="off")

        assert due_at(person) is None

    def test_refuses_a_zone_of_which_nobody_knows_the_time(self):
        answer = sign_up("ada").call("PATCH", "/v1/me/mailings", {"time_zone": "Mars/Phobos"})

        assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/time_zone")

    def test_moves_on_with_the_announcement(self):
        person = make_digested()
        make_due(person, NOON)

        assert [announce_due_digests(now=NOON) for _ in range(2)] == [1, 0]

        [due] = announced_events(DigestDue)
        assert (due.user_id, due.due, due.after_id) == (person.id, int(NOON.timestamp()), 0)
        assert due_at(person) == NOON + timedelta(hours=20)

    def test_passes_over_who_is_looked_at_by_somebody_else(self):
        held, free = make_digested(shard=3), make_digested(shard=4)
        for person in (held, free):
            make_due(person, NOON)
        with connections["a"].cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM mailings_subscription WHERE user_id = %s FOR UPDATE", [held.id])
            try:
                found = _in_a_thread(lambda: announce_due_digests(now=NOON))
            finally:
                cursor.execute("ROLLBACK")

        assert found == 1
        assert due_at(held) == NOON

    def test_keeps_others_news_from_waiting_behind_a_heap_of_it(self, monkeypatch):
        monkeypatch.setattr(due_digests, "MOST", 2)
        for shard in (0, 4, 4095):
            make_due(make_digested(shard=shard), NOON)

        assert [announce_due_digests(now=NOON) for _ in range(3)] == [2, 1, 0]

    def test_costs_one_read_of_an_index_of_each_instance_when_nobody_is_due(self):
        for _ in range(20):
            make_digested()

        with count_queries() as queries:
            announce_due_digests(now=NOON)

        assert {alias: n for alias, n in queries.by_alias.items() if n} == {"a": 1, "b": 1}
        [sql] = [sql for alias, sql in queries.statements if alias == "a"]
        with connections["a"].cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}", ["{[0,4095]}", NOON])
            plan = "\n".join(row for (row,) in cursor.fetchall())
            cursor.execute("RESET enable_seqscan")
        assert "mailings_due" in plan


class TestWho:
    def test_gets_one_however_often_it_is_announced_and_delivered(self):
        person = make_digested()
        popular()
        make_due(person, clock.now())

        run(times=2)
        run()

        assert mailed() == [f"{person.username}@example.org"]

    def test_is_nobody_whose_account_is_suspended(self):
        person, other = make_digested(), make_digested()
        popular()
        suspend_account(person.id, now=NOON)
        for each in (person, other):
            make_due(each, clock.now())

        run()

        assert mailed() == [f"{other.username}@example.org"]
        restore_account(person.id)

    def test_is_nobody_without_a_proven_address(self):
        person, other = make_person(), make_person()
        popular()
        for each in (person, other):
            want(each, digest="daily")
            make_due(each, clock.now())
        prove_address(other)

        run()

        assert mailed() == [f"{other.username}@example.org"]

    def test_is_nobody_whom_mails_do_not_reach(self):
        person, other = make_digested(), make_digested()
        popular()
        mark_undeliverable(f"{person.username}@example.org", Reason.BOUNCED, now=NOON)
        for each in (person, other):
            make_due(each, clock.now())

        run()

        assert mailed() == [f"{other.username}@example.org"]

    def test_is_nobody_who_has_nothing_to_be_told(self):
        person = make_digested()
        make_due(person, clock.now())

        run()

        assert mailed() == []
        assert due_moment(person) > clock.now()

    def test_is_nobody_who_has_turned_it_off_since(self):
        person = make_digested()
        popular()
        make_due(person, clock.now())
        announce_due_digests(now=clock.now())

        notifications.edit_preferences(person.id, EditPreferences(digest="off"), seen=None)
        drain()

        assert mailed() == []

    def test_is_everybody_once_after_days_without_a_clock(self):
        person = make_digested()
        popular()
        make_due(person, clock.now() - timedelta(days=3))

        run()
        run()

        assert mailed() == [f"{person.username}@example.org"]
        assert due_moment(person) > clock.now()

    def test_is_nobody_whose_news_of_it_was_stuck_for_a_day(self):
        person = make_digested()
        popular()
        make_due(person, clock.now() - timedelta(days=1))
        announce_due_digests(now=clock.now() - timedelta(hours=21))

        drain()

        assert mailed() == []


class TestAudit:
    def test_finds_who_wanted_digests_before_there_were_any(self):
        person, fine = make_digested(), make_digested()
        with writing_for(person.id):
            Subscription.objects.of(person.id).delete()

        differences = list(compare_wishes([person.id, fine.id]))

        assert [each.owner_id for each in differences] == [person.id]
        repair_wishes(differences)
        assert due_at(person) is not None
        assert list(compare_wishes([person.id, fine.id])) == []


def _in_a_thread(work):
    def close_after():
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(close_after).result()
