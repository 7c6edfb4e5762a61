"""What a page shows and costs, marks and counts, preferences, and what is forgotten."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from modules.graph.public import viewer_of
from modules.graph.services.blocks import block
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.notifications.models import Action, Group
from modules.notifications.public import is_time_zone
from modules.notifications.schemas import NotificationsQuery
from modules.notifications.selectors.pages import list_notifications
from modules.notifications.services import facts
from modules.notifications.services.receiving import receive
from modules.notifications.services.retention import forget_old_notifications
from modules.posts.events import ReactionRemoved
from modules.posts.services.reactions import add_reaction, remove_reaction
from sharding import scatter
from sharding.testing import count_queries
from tests.kit.delivery import announced, drain, until_replicated
from tests.kit.http import call
from tests.kit.pages import count_reads
from tests.kit.people import NOON, Person, make_person, sign_up
from tests.kit.posts import publish, quote, reply
from tests.notifications.kit import ALL, Told, cards, counts, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Person:
    return sign_up("ann", shard=3)


@pytest.fixture
def ben() -> Person:
    return sign_up("ben", shard=4000)


def react(person: Person, post: int) -> None:
    add_reaction(person.id, post, "like")
    drain()
    until_replicated()


class TestAPage:
    def test_holds_whom_and_what_it_names(self, ann, ben):
        post = publish(ann, "First")
        react(ben, post)
        said = reply(ben, post, "Second")
        drain()
        until_replicated()

        body = call("GET", ALL, as_=ann).body

        newest, oldest = body["data"]
        assert (newest["type"], newest["actors"][0]["post_id"]) == ("reply", str(said))
        assert (oldest["type"], oldest["actors"][0]["reaction"]) == ("reaction", "like")
        assert {newest["post_id"], oldest["post_id"]} == {str(post)}
        assert {id: card["text"] for id, card in body["included"]["posts"].items()} == {
            str(post): "First",
            str(said): "Second",
        }
        assert set(body["included"]["users"]) == {str(ann.id), str(ben.id)}
        assert body["state"][str(post)]["counts"] == {
            "replies": 1,
            "reposts": 0,
            "quotes": 0,
            "reactions": {"like": 1},
        }

    def test_shows_some_of_them(self, ann, ben):
        first, second = publish(ann), publish(ann)
        react(ben, first)
        said = quote(ben, second)
        react(ben, second)
        reaction = cards(ann, "?type=reaction")[1]
        ann.call("PATCH", f"{ALL}/{reaction['id']}", {"is_read": True})
        until_replicated()

        by_ben = [ben.id]
        assert said
        assert told(ann, "?type=quote") == [Told("quote", second, by_ben, 1)]
        assert told(ann, "?type=reaction") == [Told("reaction", each, by_ben, 1) for each in (second, first)]
        assert told(ann, "?type=reaction&state=unread") == [Told("reaction", second, by_ben, 1)]

    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_the_same_at_any_length(self, ann, ben, many):
        for _ in range(42):
            quote(ben, publish(ann))
        drain()
        until_replicated()
        read = lambda: list_notifications(  # noqa: E731
            NotificationsQuery(), Paging.first(many), viewer=viewer_of(ann.id)
        )
        read()

        with scatter.serially(), count_queries() as queries:
            page = read().parse()

        assert (len(page.data), len(page.included.posts)) == (many, 2 * many)
        assert count_reads(queries) == 3

    def test_of_everybody_who_did_it_shows_whom_one_may_see(self, ann, ben):
        cyd, post = make_person(shard=4), publish(ann)
        for person in (ben, cyd):
            react(person, post)
        [card] = cards(ann)
        path = f"{ALL}/{card['id']}/actors"
        assert [int(one["id"]) for one in call("GET", path, as_=ann).body["data"]] == [cyd.id, ben.id]
        assert call("GET", path, as_=ben).status == 404

        block(ann.id, cyd.id, now=NOON)

        assert [int(one["id"]) for one in call("GET", path, as_=ann).body["data"]] == [ben.id]


class TestMarks:
    def test_leave_what_came_later(self, ann, ben):
        first, second = publish(ann), publish(ann)
        react(ben, first)
        [card] = cards(ann)
        react(ben, second)

        answer = ann.call("PUT", f"{ALL}/marks", {"seen_up_to": card["last_id"]})

        assert (answer.body["unseen"], answer.body["unread"]) == counts(ann) == (1, 2)
        ann.call("PUT", f"{ALL}/marks", {"read_up_to": card["last_id"]})
        assert counts(ann) == (1, 1)
        assert [card["is_read"] for card in cards(ann)] == [False, True]

    def test_never_move_back_nor_ahead_of_what_there_is(self, ann, ben):
        post = publish(ann)
        react(ben, post)
        ann.call("PUT", f"{ALL}/marks", {"seen_up_to": str(2**62)})
        assert counts(ann) == (0, 1)

        ann.call("PUT", f"{ALL}/marks", {"seen_up_to": "1"})
        react(make_person(), post)

        assert counts(ann) == (1, 1)

    def test_begin_a_new_one_for_what_happens_after_reading(self, ann, ben):
        post = publish(ann)
        react(ben, post)
        [card] = cards(ann)
        ann.call("PATCH", f"{ALL}/{card['id']}", {"is_read": True})
        cyd = make_person()
        react(cyd, post)

        assert told(ann) == [Told("reaction", post, [one.id], 1) for one in (cyd, ben)]
        assert counts(ann) == (1, 1)

    def test_are_announced_with_the_counts_of_then(self, ann, ben):
        react(ben, publish(ann))
        [card] = cards(ann)
        ann.call("PUT", f"{ALL}/marks", {"read_up_to": card["last_id"]})

        [event] = announced("notifications.notifications_changed.v1")

        assert event == {"user_id": ann.id, "version": 2, "unseen": 0, "unread": 0, "group_ids": []}

    def test_of_others_are_not_moved(self, ann, ben):
        react(ben, publish(ann))
        [card] = cards(ann)

        statuses = [
            ben.call("PATCH", f"{ALL}/{card['id']}", {"is_read": True}).status,
            ben.call("DELETE", f"{ALL}/{card['id']}").status,
        ]

        assert (statuses, counts(ann)) == ([404, 404], (1, 1))


class TestDeleting:
    def test_is_for_good(self, ann, ben):
        post = publish(ann)
        react(ben, post)
        [card] = cards(ann)
        assert ann.call("DELETE", f"{ALL}/{card['id']}").status == 204
        remove_reaction(ben.id, post, "like")
        react(ben, post)
        assert (told(ann), counts(ann)) == ([], (0, 0))

        react(cyd := make_person(), post)

        assert told(ann) == [Told("reaction", post, [cyd.id], 1)]


class TestAGroup:
    def test_is_open_for_a_week(self, ann, ben, settings):
        post = publish(ann)
        react(ben, post)
        settings.NOTIFICATIONS = replace(settings.NOTIFICATIONS, open_for=timedelta(0))
        react(cyd := make_person(), post)

        assert told(ann) == [Told("reaction", post, [one.id], 1) for one in (cyd, ben)]

    def test_is_forgotten_with_all_of_it_once_it_is_old(self, ann, ben):
        for post in (publish(ann), publish(ann)):
            react(ben, post)
        never_told = ReactionRemoved(user_id=1, post_id=post, type="like", edge_id=post + 1, version=1)
        receive(facts.of_reaction(never_told), now=clock.now())
        assert Action.objects.of(ann.id).on_primary().count() == 3
        forget_old_notifications(now=clock.now() + timedelta(days=89))
        assert counts(ann) == (2, 2)

        forget_old_notifications(now=clock.now() + timedelta(days=91))

        assert counts(ann) == (0, 0)
        assert Group.objects.of(ann.id).on_primary().count() == 0
        assert Action.objects.of(ann.id).on_primary().count() == 0


class TestPreferences:
    PATH = "/v1/me/notification-preferences"

    def test_are_everybodys_until_they_are_changed(self, ann):
        before = ann.call("GET", self.PATH).body["data"]
        quiet = {"start": "22:00", "end": "07:00", "time_zone": "Europe/Berlin"}
        body = {"types": {"reply": {"mail": True}}, "digest": "weekly", "quiet_hours": quiet}
        answer = ann.call("PATCH", self.PATH, body)
        ann.call("PATCH", self.PATH, {"types": {"reply": {"push": False}}})

        after = ann.call("GET", self.PATH).body["data"]

        assert answer.status == 200
        assert before["types"]["reply"] == {"in_app": True, "push": True, "mail": False}
        assert before["types"]["security"]["mail"]
        assert (before["digest"], before["quiet_hours"]) == ("off", None)
        assert after == {
            "types": {**before["types"], "reply": {"in_app": True, "push": False, "mail": True}},
            "digest": "weekly",
            "quiet_hours": quiet,
        }
        ann.call("PATCH", self.PATH, {"quiet_hours": {**quiet, "end": "22:00"}})
        assert ann.call("GET", self.PATH).body["data"]["quiet_hours"] is None

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (
                {"quiet_hours": {"start": "22:00", "end": "07:00", "time_zone": "Mars/Base"}},
                "time_zone_unknown",
            ),
            # Another one on each machine.
            (
                {"quiet_hours": {"start": "22:00", "end": "07:00", "time_zone": "localtime"}},
                "time_zone_unknown",
            ),
            ({"types": {"security": {"in_app": False}}}, "security_stays_on"),
        ],
    )
    def test_refuse_what_is_none(self, ann, body, code):
        answer = ann.call("PATCH", self.PATH, body)

        assert (answer.status, answer.body["code"]) == (422, code)
        assert ann.call("GET", self.PATH).body["data"]["quiet_hours"] is None

    def test_look_for_zones_on_the_disk_once(self, monkeypatch):
        """There are 600 files of them, and 300 changes a user may make in five minutes."""
        assert is_time_zone("Europe/Berlin")
        monkeypatch.setattr(os, "walk", lambda *_: pytest.fail("The disk was read again."))

        assert (is_time_zone("Asia/Tokyo"), is_time_zone("Mars/Base")) == (True, False)
