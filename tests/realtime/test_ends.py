"""What ends deliveries ends them within five seconds, over a socket that is open."""

from __future__ import annotations

import socket as sockets
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from modules.realtime.public import tell
from sharding.ids import make_id
from sharding.scope import Once
from tests.kit.client import Client
from tests.kit.machines import until
from tests.kit.sockets import Frame, Socket, ticket_of
from tests.realtime.places import SECONDS, Place, suspend

pytestmark = pytest.mark.django_db

# What the system does not keep for a reader who reads nothing, and then more than may wait.
BIG, BIG_FRAMES, FRAMES = 50_000, 150, 400


@pytest.fixture
def ada(place):
    return place.sign_up("ada")


@pytest.fixture
def ben(place):
    return place.sign_up("ben")


@pytest.fixture
def vera(place):
    return place.sign_up("vera")


def follow(follower: Client, author: Client) -> None:
    """Have somebody follow, and wait until the author's side knows."""
    follower.follow(author)
    until(lambda: author.counts() == {"followers": 1, "following": 0})


def listen_home(place: Place, client: Client) -> Socket:
    socket = place.open(client)
    assert socket.ask("sub", "timeline:home")["op"] == "ack"
    return socket


def listen_post(place: Place, client: Client, post_id: str) -> Socket:
    socket = place.open(client)
    assert socket.ask("sub", f"post:{post_id}")["op"] == "ack"
    return socket


def left(socket: Socket) -> str:
    """Return the topic that a socket is told of no longer; fails if that is not said in time."""
    [*_, frame] = socket.until(lambda frame: frame.get("op") == "error", within=SECONDS)
    assert frame["problem"]["code"] == "post_not_found"
    return str(frame["topic"])


def of_topics(frames: list[Frame]) -> list[Frame]:
    return [frame for frame in frames if frame.get("topic", "me") != "me"]


def go_private(client: Client) -> None:
    seen = client.call("GET", "/v1/me").headers["etag"]
    assert client.call("PATCH", "/v1/me", {"is_private": True}, **{"If-Match": seen}).status == 200


def reactions_to(post_id: str, reader: Client) -> Any:
    return reader.call("GET", f"/v1/posts/{post_id}").body["state"][post_id]["counts"]["reactions"]


def post_and_wait(author: Client, witness: Socket, text: str = "canary") -> None:
    """Publish, and wait until somebody else, who still may, was told of it."""
    post_id = author.post(text)
    witness.until(lambda frame: frame.get("data", {}).get("newest_id") == post_id)


class TestAHome:
    @pytest.mark.parametrize("by", ["author", "reader"])
    def test_is_not_told_of_what_is_blocked(self, place, ada, ben, vera, by):
        for reader in (ben, vera):
            reader.follow(ada)
        until(lambda: ada.counts() == {"followers": 2, "following": 0})
        bens, veras = listen_home(place, ben), listen_home(place, vera)
        post_and_wait(ada, bens, "hello")

        who, whom = (ada, ben) if by == "author" else (ben, ada)
        assert who.call("PUT", f"/v1/me/blocks/{whom.id}").status == 200
        post_and_wait(ada, veras)

        assert of_topics(bens.quiet()) == []


class TestAPost:
    def test_of_a_private_account_is_not_told_to_who_leaves_it(self, place, ada, ben):
        go_private(ada)
        assert ben.call("PUT", f"/v1/me/following/{ada.id}").status in (200, 202)
        until(lambda: ada.call("GET", "/v1/me/follow-requests").body["data"])
        assert ada.call("PUT", f"/v1/me/follow-requests/{ben.id}").status in (200, 204)
        post_id = ada.post("for few")
        until(lambda: ben.call("GET", f"/v1/posts/{post_id}").status == 200)
        socket = listen_post(place, ben, post_id)

        assert ben.call("DELETE", f"/v1/me/following/{ada.id}").status == 204

        assert left(socket) == f"post:{post_id}"
        assert ada.call("PATCH", f"/v1/posts/{post_id}", {"text": "canary"}).status == 200
        assert of_topics(socket.quiet()) == []

    def test_of_an_account_that_takes_a_follower_away_is_not_told_to_them(self, place, ada, ben):
        follow(ben, ada)
        answer = ada.call("POST", "/v1/posts", {"text": "for few", "audience": "followers"})
        post_id = str(answer.body["id"])
        socket = listen_post(place, ben, post_id)

        assert ada.call("DELETE", f"/v1/me/followers/{ben.id}").status in (200, 204)

        assert left(socket) == f"post:{post_id}"

    def test_of_who_was_suspended_is_told_to_nobody(self, place, ada, ben, vera, machines_of_module):
        post_id = ada.post("for all")
        reaction = f"/v1/posts/{post_id}/reactions/like"
        assert ben.call("PUT", reaction).status in (200, 204)
        until(lambda: reactions_to(post_id, vera) == {"like": 1})
        socket = listen_post(place, vera, post_id)

        suspend(machines_of_module, "ada")
        until(lambda: vera.call("GET", f"/v1/posts/{post_id}").status == 404)
        ben.call("DELETE", reaction)

        assert left(socket) == f"post:{post_id}"
        assert of_topics(socket.quiet()) == []

    def test_of_an_account_that_goes_private_is_told_to_strangers_no_more(self, place, ada, ben):
        post_id = ada.post("for all")
        socket = listen_post(place, ben, post_id)

        go_private(ada)
        assert ada.call("PATCH", f"/v1/posts/{post_id}", {"text": "canary"}).status == 200

        assert left(socket) == f"post:{post_id}"
        assert of_topics(socket.quiet()) == []


class TestASlowReader:
    def test_is_cut_off_and_comes_back_for_the_rest(self, place, ada):
        began = ada.call("GET", "/v1/me/updates").body["seq"]
        slow = narrow_socket(place, ada, began)

        for number in range(FRAMES):
            once = Once(scope="realtime.tests", key=str(make_id(number + 1, 3, 0)))
            filler = "x" * BIG if number < BIG_FRAMES else ""
            tell([int(ada.id)], "marker.changed", {"number": number, "filler": filler}, once=once)
        told: list[Frame] = []
        with suppress(ConnectionClosed):
            while True:
                told.append(slow.next())

        assert slow.connection.close_code == 4408
        rest = place.open(ada, since=told[-1]["seq"])
        told += rest.until(lambda frame: frame.get("data", {}).get("number") == FRAMES - 1)
        assert [frame["data"]["number"] for frame in told if "type" in frame] == list(range(FRAMES))


def narrow_socket(place: Place, client: Client, since: int) -> Socket:
    """Return a socket for which the system keeps little of what is not read."""
    host, _, port = place.realtime.removeprefix("http://").partition(":")
    connection = sockets.socket()
    connection.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 65_536)
    connection.connect((host, int(port)))
    return Socket(place.realtime, ticket_of(client), since, sock=connection)
