"""Sockets of a real process: who gets in, what they are told, and when they are cut off."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.kit.client import PASSWORD, Client
from tests.kit.machines import until
from tests.kit.sockets import Socket, open_socket, ticket_of
from tests.realtime.places import SECONDS, suspend

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(place):
    return place.sign_up("ada")


@pytest.fixture
def ben(place):
    return place.sign_up("ben")


def read_to(client: Client, last_read_id: str) -> None:
    """Move a marker: what the user's other devices are told of."""
    answer = client.call("PUT", "/v1/me/markers/home", {"last_read_id": last_read_id})
    assert answer.status == 200, answer


class TestOpening:
    def test_takes_a_ticket_once(self, place, ada):
        ticket = ticket_of(ada)
        assert Socket(place.realtime, ticket).next()["op"] == "hello"

        assert Socket(place.realtime, ticket).closed() == 4401
        assert Socket(place.realtime, "nobodys").closed() == 4401

    @pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
    def test_is_refused_to_foreign_pages(self, place, ada, origin):
        with pytest.raises(InvalidStatus) as refused:
            Socket(place.realtime, ticket_of(ada), origin=origin)

        assert refused.value.response.status_code == 403

    def test_is_for_pages_that_are_listed(self, place, ada):
        assert open_socket(ada, place.realtime, origin="https://app.example.org").quiet() == []

    def test_is_for_five_sockets_of_a_user(self, place, ada):
        held = [place.open(ada) for _ in range(5)]

        assert Socket(place.realtime, ticket_of(ada)).closed() == 4429
        assert [socket.quiet() for socket in held] == [[]] * 5


class TestTheLog:
    def test_tells_all_devices_and_goes_on_where_one_left_off(self, place, ada, ben):
        phone, desk, stranger = place.open(ada), place.open(ada), place.open(ben)
        first, second = ada.post("one"), ada.post("two")

        read_to(ada, first)
        [told] = [socket.until(lambda frame: "seq" in frame) for socket in (phone, desk)][:1]
        phone.close()
        read_to(ada, second)
        missed = place.open(ada, since=told[-1]["seq"]).next()

        assert (told[-1]["type"], told[-1]["data"]["last_read_id"]) == ("marker.changed", first)
        assert missed["data"]["last_read_id"] == second
        assert missed["seq"] > told[-1]["seq"]
        polled = ada.call("GET", f"/v1/me/updates?since={told[-1]['seq']}").body
        assert (polled["data"], polled["seq"]) == ([missed], missed["seq"])
        assert stranger.quiet() == []

    def test_tells_all_devices_of_notifications_and_that_they_were_seen(self, place, ada, ben):
        def is_news(frame):
            return frame.get("type") == "notifications.changed"

        phone, desk, stranger = place.open(ada), place.open(ada), place.open(ben)
        ben.follow(ada)
        [news, same] = [socket.until(is_news)[-1] for socket in (phone, desk)]
        [notification] = ada.call("GET", "/v1/me/notifications").body["data"]
        ada.call("PUT", "/v1/me/notifications/marks", {"seen_up_to": notification["last_id"]})
        seen = desk.until(is_news)[-1]["data"]

        assert news == same
        counts = {"unseen": 1, "unread": 1, "notification_ids": [notification["id"]]}
        assert news["data"] == {"version": 1, **counts}
        assert seen == {"version": 2, "unseen": 0, "unread": 1, "notification_ids": []}
        assert [frame for frame in stranger.quiet() if is_news(frame)] == []

    def test_says_that_something_may_be_missing(self, place, ada):
        socket = Socket(place.realtime, ticket_of(ada), since=1)

        hello, resync = socket.next(), socket.next()

        assert (hello, resync["op"]) == ({"op": "hello", "seq": 1}, "resync")
        assert place.open(ada, since=resync["seq"]).quiet() == []


class TestTopics:
    def test_of_the_home_hint_at_posts_that_may_be_seen(self, place, ada, ben):
        ben.follow(ada)
        socket = place.open(ben)
        assert socket.ask("sub", "timeline:home") == {"op": "ack", "topic": "timeline:home", "of": "sub"}
        until(lambda: ada.counts() == {"followers": 1, "following": 0})

        post_id = ada.post("hello")

        [*_, hint] = socket.until(lambda frame: frame.get("topic") == "timeline:home")
        assert hint["type"] == "timeline.new"
        assert hint["data"] == {"count": 1, "newest_id": post_id}

    def test_of_a_post_tell_of_edits_and_counts_until_it_is_for_others(self, place, ada, ben):
        post_id = ada.post("hello")
        socket = place.open(ben)
        assert socket.ask("sub", f"post:{post_id}")["op"] == "ack"

        assert ada.call("PATCH", f"/v1/posts/{post_id}", {"text": "hallo"}).status == 200
        [edited] = socket.until(lambda frame: frame.get("type") == "post.updated")
        ben.call("PUT", f"/v1/posts/{post_id}/reactions/like")
        [*_, counted] = socket.until(lambda frame: frame.get("type") == "post.counts")
        assert ada.call("PATCH", f"/v1/posts/{post_id}", {"audience": "followers"}).status == 200
        [*_, left] = socket.until(lambda frame: frame.get("op") == "error", within=SECONDS)

        assert edited["data"]["post_id"] == counted["data"]["post_id"] == post_id
        assert counted["data"]["counts"]["reactions"] == {"like": 1}
        assert (left["topic"], left["problem"]["code"]) == (f"post:{post_id}", "post_not_found")
        ada.call("PATCH", f"/v1/posts/{post_id}", {"text": "for few"})
        assert socket.quiet() == []
        assert socket.ask("sub", f"post:{post_id}")["problem"]["code"] == "post_not_found"

    def test_end_with_a_block(self, place, ada, ben):
        post_id = ada.post("hello")
        socket = place.open(ben)
        assert socket.ask("sub", f"post:{post_id}")["op"] == "ack"

        assert ada.call("PUT", f"/v1/me/blocks/{ben.id}").status == 200

        [*_, left] = socket.until(lambda frame: frame.get("op") == "error", within=SECONDS)
        assert left["problem"]["code"] == "post_not_found"
        ada.call("PATCH", f"/v1/posts/{post_id}", {"text": "canary"})
        assert socket.quiet() == []


class TestTheEnd:
    def test_comes_with_a_log_out_and_spares_other_devices(self, place, ada):
        desk = replace(ada).log_in()
        sockets = place.open(ada), place.open(desk)

        ada.call("DELETE", "/auth/app/v1/auth/session")

        assert sockets[0].closed(within=SECONDS) == 4401
        assert sockets[1].quiet() == []

    def test_comes_with_a_new_password(self, place, ada):
        desk = place.open(replace(ada).log_in())
        change = {"current_password": PASSWORD, "new_password": "a long walk home"}

        assert ada.call("POST", "/auth/app/v1/account/password/change", change).status == 200

        assert desk.closed(within=SECONDS) == 4401

    def test_comes_with_a_suspension(self, place, ada, machines_of_module):
        socket, ticket = place.open(ada), ticket_of(ada)

        suspend(machines_of_module, "ada")

        assert socket.closed(within=SECONDS) == 4401
        assert Socket(place.realtime, ticket).closed() == 4401

    def test_comes_to_who_sends_what_is_none(self, place, ada):
        big, many, wrong = (place.open(ada) for _ in range(3))

        big.connection.send("x" * 65_537)
        with suppress(ConnectionClosed):
            for _ in range(100):
                many.connection.send('{"op": "ping"}')
        for _ in range(10):
            wrong.connection.send(b"binary")

        assert [socket.closed() for socket in (big, many, wrong)] == [1009, 4429, 1008]


class TestWaiting:
    def test_ends_with_the_first_event(self, place, ada):
        post_id = ada.post("hello")
        at_realtime = replace(ada, url=place.realtime)
        began = at_realtime.call("GET", "/v1/me/updates").body["seq"]
        assert at_realtime.call("GET", f"/v1/me/updates?since={began}&wait=1").body["data"] == []

        read_to(ada, post_id)
        answer = at_realtime.call("GET", f"/v1/me/updates?since={began}&wait=25").body

        assert [update["type"] for update in answer["data"]] == ["marker.changed"]
