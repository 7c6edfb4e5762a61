"""Digests: who gets one, when, and what it says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from modules.accounts.public import restore_account, suspend_account
from modules.graph import public as graph
from modules.graph.schemas import MuteOptions
from modules.kernel import clock
from modules.mail.models import Reason
from modules.mail.services.sending import send_waiting_mails
from modules.mail.services.undeliverable import mark_undeliverable
from modules.mailings.events import DigestDue
from modules.mailings.models import Subscription
from modules.mailings.services import due_digests
from modules.mailings.services.audits import compare_wishes, repair_wishes
from modules.mailings.services.digests import compose_digest
from modules.mailings.services.due_digests import announce_due_digests
from modules.notifications import public as notifications
from modules.notifications.schemas import EditPreferences
from modules.posts import public as posts
from modules.profiles.public import edit_profile
from modules.profiles.schemas import EditProfile
from sharding.scope import writing_for
from sharding.testing import count_queries
from tests.kit.delivery import announced_events, drain
from tests.kit.people import NOON, Person, make_person, sign_up
from tests.kit.posts import publish
from tests.mailings.kit import (
    due_at,
    due_moment,
    mailed,
    make_digested,
    make_due,
    make_popular,
    prove_address,
    want,
)

pytestmark = pytest.mark.django_db

FOREVER = 2**62


def popular(author: Person | None = None, text: str = "Worth reading") -> int:
    """Publish what becomes popular."""
    post_id = publish(author or make_person(), text)
    posts.add_reaction(make_person().id, post_id, "like")
    drain()
    make_popular()
    return post_id


def facts_of(person: Person):
    due = DigestDue(user_id=person.id, due=0, after_id=0, until_id=FOREVER)
    mail = compose_digest(due)
    return mail and mail.facts


def shown(person: Person) -> list[str]:
    facts = facts_of(person)
    return [post["text"] for post in facts["popular"]] if facts else []


def run(times: int = 1) -> None:
    announce_due_digests(now=clock.now())
    drain(times=times)


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

    def test_is_nobody_after_an_outage_of_a_day(self):
        person = make_digested()
        popular()
        make_due(person, clock.now() - timedelta(hours=21))

        run()

        assert mailed() == []


class TestWhat:
    def test_is_what_is_unread_and_by_whom(self):
        person, fans = make_digested(), [make_person() for _ in range(4)]
        post_id = publish(person)
        for fan in fans:
            posts.add_reaction(fan.id, post_id, "like")
            drain()
        graph.follow(fans[0].id, person.id)
        drain()

        follow, reaction = facts_of(person)["news"]

        assert (follow["who"], follow["did"]) == (fans[0].username, "followed you")
        assert reaction["who"] == f"{fans[3].username}, {fans[2].username} and 2 others"
        assert reaction["did"] == "reacted to your post"
        assert reaction["url"].endswith(f"/posts/{post_id}")

    def test_is_nothing_that_an_earlier_one_told_of(self):
        person, fan = make_digested(), make_person()
        graph.follow(fan.id, person.id)
        drain()
        told_until = clock.now() + timedelta(seconds=1)
        make_due(person, clock.now())
        announce_due_digests(now=told_until)
        drain()
        assert len(mailed()) == 1
        make_due(person, told_until + timedelta(days=1))

        announce_due_digests(now=told_until + timedelta(days=1))
        drain()

        assert len(mailed()) == 1

    def test_is_nothing_of_whom_they_block_or_mute_nor_what_is_not_for_everybody(self):
        person, blocked, muted, private, gone = make_digested(), *(make_person() for _ in range(4))
        for author, text in ((blocked, "blocked"), (muted, "muted"), (private, "private"), (gone, "gone")):
            popular(author, text)
        popular(text="fine")
        other = make_digested()
        graph.block(person.id, blocked.id, now=NOON)
        graph.mute(person.id, muted.id, MuteOptions(), now=NOON)
        graph.follow(person.id, private.id)
        drain()
        edit_profile(private.id, EditProfile(is_private=True))
        suspend_account(gone.id, now=NOON)
        drain()

        assert shown(person) == ["fine"]
        assert sorted(shown(other)) == ["blocked", "fine", "muted"]

    def test_is_nothing_of_their_own(self):
        person = make_digested()
        popular(person, "mine")

        assert shown(person) == []

    def test_is_shown_as_it_was_written(self, mailoutbox):
        person = make_digested()
        popular(text="<script>alert(1)</script> & {{ 7 }}")
        make_due(person, clock.now())
        run()

        send_waiting_mails(now=clock.now())

        [mail] = mailoutbox
        html = mail.alternatives[0][0]
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 }}" in html
        assert "<script>alert(1)</script> & {{ 7 }}" in mail.body
        assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_of_many_costs_as_much_as_of_few(self):
        few, many = make_digested(), make_digested()
        for person, number in ((few, 2), (many, 12)):
            for _ in range(number):
                graph.follow(make_person().id, person.id)
                posts.add_reaction(make_person().id, publish(person), "like")
        for _ in range(8):
            popular()
        costs = []

        for person in (few, many):
            with count_queries() as queries:
                assert facts_of(person)["news"]
            costs.append(dict(queries.by_alias))

        assert sum(costs[0].values()) >= sum(costs[1].values())


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
