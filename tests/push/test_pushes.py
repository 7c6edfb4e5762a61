"""What is pushed, to whom, how often, and what is not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections

from modules.accounts.services import notices
from modules.accounts.services.sessions import end_session
from modules.graph import public as graph
from modules.kernel import clock
from modules.kernel.limits import Limit
from modules.notifications import public as notifications
from modules.notifications.events import NotificationsChanged
from modules.notifications.schemas import NewSending, QuietHours
from modules.notifications.services.sendings import send
from modules.posts import public as posts
from modules.posts.services.reactions import remove_reaction
from modules.push.models import Push
from modules.push.selectors.keys import get_push_key
from modules.push.services.messages import is_quiet
from modules.push.services.sending import send_due_pushes
from modules.push.services.waiting import forget_old_pushes, send_waiting_pushes
from modules.push.tasks import plan_for_notifications
from sharding.ids import make_id, shard_of
from sharding.scope import Once, writing_for
from sharding.shard_map import alias_of
from sharding.testing import count_queries
from tests.kit.delivery import drain, until_replicated
from tests.kit.pages import count_reads
from tests.kit.people import make_person, sign_up
from tests.kit.posts import publish
from tests.push.kit import Browser, read_vapid

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return sign_up("ada")


@pytest.fixture
def browser(ada, service):
    """A browser of ada's, whose registration everybody has heard of."""
    browser = Browser(service)
    assert browser.register(ada).status == 200
    drain()
    until_replicated()
    return browser


def pushes(person):
    return list(Push.objects.of(person.id).on_primary())


class TestAPush:
    def test_is_what_the_browser_alone_can_open(self, ada, browser, service):
        ben = make_person("ben")
        post_id = publish(ada)
        drain()

        posts.add_reaction(ben.id, post_id, "like")
        drain()

        [pushed] = service.got
        [shown] = browser.shown
        assert (pushed.headers["content-encoding"], pushed.headers["ttl"], pushed.headers["urgency"]) == (
            "aes128gcm",
            "86400",
            "normal",
        )
        assert b"ben" not in pushed.body
        assert len(pushed.headers["topic"]) == 32
        assert {name: shown[name] for name in shown if name not in ("notification_id", "last_id")} == {
            "type": "reaction",
            "actor_count": 1,
            "actor_ids": [str(ben.id)],
            "post_id": str(post_id),
            "name": None,
            "unread": 1,
            "title": "Banyan",
            "body": "ben reacted to your post",
        }

    def test_is_one_of_so_many_an_hour_and_what_is_more_is_in_the_list_alone(
        self, ada, browser, service, settings
    ):
        """Whoever has two accounts makes any number, and users name the servers that they go to."""
        few = Limit("pushes", 2, 3600)
        settings.LIMITS = replace(settings.LIMITS, is_on=True, changed={"pushes": few})
        ben = make_person("ben")
        for _ in range(3):
            posts.add_reaction(ben.id, publish(ada), "like")
        drain()

        assert len(service.got) == 2
        assert [push.due_at for push in pushes(ada)] == [None] * 3
        assert notifications.get_counts(ada.id).unread == 3

    def test_says_who_pushes_to_its_service_alone(self, ada, browser, service):
        graph.follow(make_person().id, ada.id)
        drain()

        claims, key = read_vapid(service.got[0], audience=f"http://{service.host}")

        assert key == get_push_key().public_key
        assert claims["sub"].startswith("mailto:")
        assert 0 < claims["exp"] - clock.now().timestamp() < 86_400

    def test_comes_once_however_often_the_news_is_delivered(self, ada, browser):
        graph.follow(make_person("ben").id, ada.id)

        drain(times=2)
        send_waiting_pushes(now=clock.now())

        assert [each["body"] for each in browser.shown] == ["ben followed you"]

    def test_goes_to_every_device(self, ada, browser, service):
        other = Browser(service)
        other.register(ada)
        until_replicated()

        graph.follow(make_person().id, ada.id)
        drain()

        assert (len(browser.shown), len(other.shown)) == (1, 1)

    def test_replaces_the_one_before_when_more_do_the_same_and_not_at_once(self, ada, browser, service):
        post_id = publish(ada)
        drain()
        for name in ("ben", "cleo", "dora"):
            posts.add_reaction(make_person(name).id, post_id, "like")
            drain()
        assert [each["body"] for each in browser.shown] == ["ben reacted to your post"]

        send_waiting_pushes(now=clock.now() + timedelta(minutes=1))

        assert browser.shown[1:] == [
            browser.shown[0]
            | {
                "actor_count": 3,
                "actor_ids": browser.shown[1]["actor_ids"],
                "last_id": browser.shown[1]["last_id"],
                "body": "dora and 2 others reacted to your post",
            }
        ]
        assert len({each.headers["topic"] for each in service.got}) == 1

    def test_of_a_security_event_is_urgent(self, ada, browser, service):
        notices.notify(ada.id, "Its password was changed.", notice="password_changed", now=clock.now())
        drain()

        assert [each["body"] for each in browser.shown] == ["Your account: password changed"]
        assert service.got[0].headers["urgency"] == "high"

    def test_of_a_service_says_what_it_says_in_few_words(self, ada, browser, service):
        # What takes most room in JSON.
        data = {"title": "Shop" + "\x01" * 300, "body": "Your order " + "\x01" * 300}
        send_custom(ada, data)

        [shown] = browser.shown
        assert (shown["type"], shown["name"], shown["title"][:5]) == ("custom", "order.shipped", "Shop\x01")
        assert len(service.got[0].body) <= 4096
        assert (shown["body"][:11], len(shown["body"])) == ("Your order ", 200)


class TestNothingIsPushed:
    def test_of_what_was_undone_meanwhile(self, ada, browser):
        ben = make_person()
        post_id = publish(ada)
        drain()
        plan_only(lambda: posts.add_reaction(ben.id, post_id, "like"))
        plan_only(lambda: remove_reaction(ben.id, post_id, "like"))

        send_due_pushes(ada.id, now=clock.now())

        assert browser.shown == []

    def test_of_whom_the_user_has_blocked_meanwhile_though_nobody_has_heard_of_it(self, ada, browser):
        ben = make_person()
        plan_only(lambda: graph.follow(ben.id, ada.id))
        graph.block(ada.id, ben.id, now=clock.now())

        send_due_pushes(ada.id, now=clock.now())

        assert browser.shown == []
        assert [push.due_at for push in pushes(ada)] == [None]

    def test_of_what_was_seen_meanwhile(self, ada, browser):
        plan_only(lambda: graph.follow(make_person().id, ada.id))
        until_replicated()
        [card] = ada.call("GET", "/v1/me/notifications").body["data"]
        ada.call("PUT", "/v1/me/notifications/marks", {"seen_up_to": card["last_id"]})

        send_due_pushes(ada.id, now=clock.now())

        assert browser.shown == []

    def test_of_a_type_of_which_the_user_wants_no_pushes(self, ada, browser):
        ada.call("PATCH", "/v1/me/notification-preferences", {"types": {"follow": {"push": False}}})
        until_replicated()
        post_id = publish(ada)

        graph.follow(make_person().id, ada.id)
        posts.add_reaction(make_person().id, post_id, "like")
        drain()

        assert [each["type"] for each in browser.shown] == ["reaction"]

    def test_in_quiet_hours_and_not_after_them_either(self, ada, browser):
        start, end = (f"{clock.now() + timedelta(hours=by):%H:%M}" for by in (-1, 1))
        quiet = {"start": start, "end": end, "time_zone": "UTC"}
        ada.call("PATCH", "/v1/me/notification-preferences", {"quiet_hours": quiet})
        until_replicated()
        graph.follow(make_person().id, ada.id)
        drain()

        send_waiting_pushes(now=clock.now() + timedelta(hours=2))

        assert browser.shown == []
        assert [push.due_at for push in pushes(ada)] == [None]

    def test_to_where_the_user_has_logged_out_though_nobody_has_heard_of_it(self, ada, browser):
        plan_only(lambda: graph.follow(make_person().id, ada.id))
        end_session(ada.token)

        send_due_pushes(ada.id, now=clock.now())

        assert browser.shown == []

    def test_to_a_browser_that_another_has_registered_though_nobody_has_heard_of_it(self, ada, browser):
        ben = sign_up("ben")
        plan_only(lambda: graph.follow(make_person().id, ada.id))
        browser.register(ben)

        send_due_pushes(ada.id, now=clock.now())

        assert browser.shown == []

    def test_after_a_day(self, ada, browser):
        plan_only(lambda: graph.follow(make_person().id, ada.id))

        send_waiting_pushes(now=clock.now() + timedelta(days=1))

        assert browser.shown == []

    def test_of_what_has_no_news(self, ada, browser):
        graph.follow(make_person().id, ada.id)
        drain()
        until_replicated()
        [card] = ada.call("GET", "/v1/me/notifications").body["data"]

        ada.call("PATCH", f"/v1/me/notifications/{card['id']}", {"is_read": True})
        drain()

        assert len(browser.shown) == 1


class TestWhoHasNoDevice:
    def test_costs_one_read(self, ada):
        event = NotificationsChanged(user_id=ada.id, version=1, unseen=1, unread=1, group_ids=[7])

        with count_queries() as queries:
            plan_for_notifications(event, Once("push.test", "1"))

        assert count_reads(queries) == 1

    def test_costs_nothing_where_nothing_is_new(self, ada):
        event = NotificationsChanged(user_id=ada.id, version=1, unseen=0, unread=0, group_ids=[])

        with count_queries() as queries:
            plan_for_notifications(event, Once("push.test", "1"))

        assert queries.total == 0


class TestWhatWasPushed:
    def test_is_forgotten_after_two_days(self, ada, browser):
        graph.follow(make_person().id, ada.id)
        drain()

        forget_old_pushes(now=clock.now() + timedelta(days=2, minutes=1))

        assert pushes(ada) == []

    def test_is_forgotten_of_others_while_somebody_holds_one(self, ada, browser):
        graph.follow(make_person().id, ada.id)
        drain()
        [held], other_id = pushes(ada), make_id(1, shard_of(ada.id), 99)
        with writing_for(other_id):
            Push.objects.create(
                user_id=other_id, device_id=uuid4(), group_id=1, version=1, planned_at=clock.now()
            )

        with connections[alias_of(shard_of(ada.id))].cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM push_push WHERE id = %s FOR UPDATE", [held.id])
            try:
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(forget).result()
            finally:
                cursor.execute("ROLLBACK")

        assert [row.id for row in pushes(ada)] == [held.id]
        assert not Push.objects.of(other_id).on_primary().exists()


def forget():
    try:
        forget_old_pushes(now=clock.now() + timedelta(days=2, minutes=1))
    finally:
        connections.close_all()


class TestQuietHours:
    @pytest.mark.parametrize(
        ("start", "end", "time", "is_so"),
        [
            ("22:00", "07:30", "21:59", False),
            ("22:00", "07:30", "22:00", True),
            ("22:00", "07:30", "07:29", True),
            ("22:00", "07:30", "07:30", False),
            ("13:00", "14:00", "13:30", True),
            ("13:00", "14:00", "14:00", False),
            ("13:00", "13:00", "13:00", False),
        ],
    )
    def test_are_of_the_users_zone(self, start, end, time, is_so):
        hours = QuietHours(start=start, end=end, time_zone="Asia/Tokyo")
        now = datetime.fromisoformat(f"2026-11-27T{time}:30+09:00").astimezone(UTC)

        assert is_quiet(hours, now=now) is is_so


def plan_only(act):
    """Do something of which all hear, and leave what is to be pushed with a worker that is slow."""
    act()
    drain(but="push.send_pushes")


def send_custom(person, data):
    """Have an operator's service notify somebody."""
    new = NewSending(recipient_ids=[person.id], name="order.shipped", data=data)
    send("app", new, now=clock.now(), once=None)
    drain()
