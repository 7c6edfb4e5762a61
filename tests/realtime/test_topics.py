"""Topics beside homes and posts: what a tag has new, and how the system is, for who runs it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.accounts.public import set_roles
from modules.graph.models import FollowCount
from modules.kernel.principals import OPERATOR
from sharding.scope import writing_for
from tests.kit.client import Client
from tests.kit.machines import until
from tests.kit.sockets import Frame, Socket
from tests.realtime.places import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(place):
    return place.sign_up("ada")


@pytest.fixture
def ben(place):
    return place.sign_up("ben")


def listen(place: Place, client: Client, *topics: str) -> Socket:
    socket = place.open(client)
    assert [socket.ask("sub", topic)["op"] for topic in topics] == ["ack"] * len(topics)
    return socket


def is_of(topic: str, newest_id: str):
    return lambda frame: frame.get("topic") == topic and frame["data"]["newest_id"] == newest_id


def tagged(frames: list[Frame]) -> list[str]:
    return [frame["data"]["newest_id"] for frame in frames if frame.get("type") == "tag.new"]


class TestAHome:
    def test_is_told_of_authors_whose_posts_are_pulled(self, place, ada, ben):
        vera = place.sign_up("vera")
        ben.follow(ada)
        until(lambda: ada.counts() == {"followers": 1, "following": 0})
        with writing_for(int(ada.id)):
            FollowCount.objects.of(int(ada.id)).update(is_pulled=True)
        follower, stranger = listen(place, ben, "timeline:home"), listen(place, vera, "timeline:home")

        post_id = ada.post("to many")

        [hint] = follower.until(lambda frame: frame.get("topic") == "timeline:home")[-1:]
        assert hint["data"] == {"count": 1, "newest_id": post_id}
        assert [frame for frame in stranger.quiet() if frame.get("topic") == "timeline:home"] == []


class TestTags:
    def test_are_told_of_posts_for_everybody_by_the_name_that_was_asked_for(self, place, ada, ben):
        first = listen(place, ben, "tag:Oak")
        second = listen(place, ada, "tag:oak", "tag:beech")

        for_few = {"text": "#oak for few", "audience": "followers"}
        assert ada.call("POST", "/v1/posts", for_few).status == 201
        post_id = ada.post("an #OAK for all")

        [*_, hint] = first.until(is_of("tag:Oak", post_id))
        assert hint == {"topic": "tag:Oak", "type": "tag.new", "data": {"newest_id": post_id}}
        assert tagged(second.until(is_of("tag:oak", post_id))) == [post_id]
        assert tagged(first.quiet()) == []

    def test_are_told_once_a_second_at_most_of_the_newest(self, place, ada, ben):
        socket = listen(place, ben, "tag:oak")

        posts = [ada.post(f"#oak {number}") for number in range(6)]

        told = tagged(socket.until(is_of("tag:oak", posts[-1])))
        assert len(told) <= 3
        assert told == sorted(told, key=int)

    def test_are_not_told_of_whom_one_blocks_or_is_blocked_by(self, place, ada, ben):
        vera = place.sign_up("vera")
        assert ada.call("PUT", f"/v1/me/blocks/{ben.id}").status == 200
        blocked, blocker, other = (listen(place, each, "tag:oak") for each in (ben, ada, vera))

        adas = ada.post("#oak")
        other.until(is_of("tag:oak", adas))
        bens = ben.post("#oak")
        other.until(is_of("tag:oak", bens))

        assert tagged(blocked.until(is_of("tag:oak", bens)) + blocked.quiet()) == [bens]
        assert tagged(blocker.until(is_of("tag:oak", adas)) + blocker.quiet()) == [adas]

    def test_are_left(self, place, ada, ben):
        socket, other = listen(place, ben, "tag:oak"), listen(place, ada, "tag:oak")

        assert socket.ask("unsub", "tag:OAK")["op"] == "ack"
        other.until(is_of("tag:oak", ada.post("#oak")))

        assert tagged(socket.quiet()) == []

    @pytest.mark.parametrize(
        ("topic", "code"),
        [("tag:", "topic_unknown"), ("tag:a b", "tag_invalid"), ("tag:" + "a" * 301, "topic_unknown")],
    )
    def test_that_nothing_could_have_are_refused(self, place, ada, topic, code):
        assert place.open(ada).ask("sub", topic)["problem"]["code"] == code


class TestOperations:
    @pytest.fixture
    def operator(self, ada):
        set_roles(int(ada.id), [OPERATOR])
        return replace(ada).log_in()

    def test_are_for_who_runs_the_service(self, place, ben):
        assert place.open(ben).ask("sub", "ops")["problem"]["code"] == "topic_refused"

    def test_tell_each_second_what_the_status_says(self, place, operator):
        socket = listen(place, operator, "ops")

        seen = [socket.until(lambda frame: frame.get("type") == "stats.tick") for _ in range(2)]

        assert [[frame["type"] for frame in each] for each in seen] == [
            ["shard.status", "queue.lag", "stats.tick"]
        ] * 2
        told = {name: part for frame in seen[1] for name, part in frame["data"].items()}
        status = operator.call("GET", "/v1/operations/status").body
        assert told.keys() == status.keys()
        assert [each["name"] for each in told["databases"]] == [each["name"] for each in status["databases"]]
        assert seen[0][-1]["data"]["looked_at"] < told["looked_at"]

    def test_end_with_the_role(self, place, operator):
        socket = listen(place, operator, "ops")

        set_roles(int(operator.id), [])

        assert socket.closed(within=5) == 4401

    def test_are_left(self, place, operator):
        socket, other = listen(place, operator, "ops"), listen(place, operator, "ops")
        socket.until(lambda frame: frame.get("type") == "stats.tick")

        assert socket.ask("unsub", "ops")["op"] == "ack"
        socket.quiet()
        for _ in range(2):
            other.until(lambda frame: frame.get("type") == "stats.tick")

        assert socket.quiet() == []
