"""
A hot Redis for each instance: everything lies with its owner, and one that is away hurts its own users only.

Three people live on each instance and follow each other, and a star on `b`, whose posts readers pull.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from functools import partial

import pytest

from modules.accounts import public as accounts
from modules.kernel import clock
from modules.kernel.redis.keys import owner_of
from modules.timelines.models import windows
from sharding import shard_map
from sharding.ids import shard_of
from tests.kit.client import Client
from tests.kit.hot_redis import HotRedis
from tests.kit.machines import Api, Machines, until
from tests.kit.people import make_person

pytestmark = pytest.mark.django_db

OF_A, OF_B = (3, 4, 5), (4000, 4001, 4002)
OF_STAR, OF_LATE = 4003, 6
PROMISE_S = 0.5
# Whoever is followed by all six is pulled.
ENV = {"BANYAN_PULL_THRESHOLD": "6", "BANYAN_PULL_DEMOTION": "1", "BANYAN_WEB_WORKERS": "1"}


@pytest.fixture(scope="module")
def three_of_module(stack_of_run) -> Iterator[HotRedis]:
    three = HotRedis(stack_of_run)
    yield three
    three.end()


@pytest.fixture(scope="module")
def api_of_three(three_of_module: HotRedis, machines_of_module: Machines) -> Api:
    env = three_of_module.env | ENV
    machines_of_module.run_relay(**env)
    machines_of_module.run_worker(**env)
    return machines_of_module.run_api(**env)


@pytest.fixture
def three(db, settings, three_of_module, api_of_three, machines_of_module) -> Iterator[HotRedis]:
    settings.REDIS = three_of_module.settings
    yield three_of_module
    three_of_module.restore()
    until(machines_of_module.outbox_is_empty)
    three_of_module.wipe()


def settle(url: str, name: str, shard: int) -> Client:
    """Return the client of somebody new on a shard."""
    person = make_person(name, shard=shard)
    return Client(url, accounts.issue_session_token(person.id, now=clock.now()), str(person.id), name)


class Town:
    """People on both instances, who all follow each other, and a star whom they all follow."""

    def __init__(self, url: str) -> None:
        self.a = [settle(url, f"here{shard}", shard) for shard in OF_A]
        self.b = [settle(url, f"there{shard}", shard) for shard in OF_B]
        self.people = self.a + self.b
        self.star = settle(url, "star", OF_STAR)
        self.posts: list[str] = []
        self.posts_for: dict[str, list[str]] = defaultdict(list)
        for one in self.people:
            for other in [*self.people, self.star]:
                if other is not one:
                    one.follow(other)

    def post(self, author: Client) -> str:
        """Have somebody publish, and note that it was acknowledged."""
        self.posts.append(author.post(f"number {len(self.posts)}"))
        return self.posts[-1]

    def homes_are_right(self, people: list[Client]) -> bool:
        """Tell whether everything that was acknowledged is in these homes, and nothing else."""
        return all(
            one.home_to_the_end() == sorted(self.posts + self.posts_for[one.id], key=int, reverse=True)
            for one in people
        )

    def waits(self) -> list[float]:
        """Return how long each of some reads of homes on `a` took."""
        found: list[float] = []
        for one in self.a * 8:
            started = time.monotonic()
            one.home()
            found.append(time.monotonic() - started)
        return found


@pytest.fixture
def town(three: HotRedis, api_of_three: Api) -> Town:
    """A town where all that was done has arrived, every home has been read, and the star is pulled."""
    town = Town(api_of_three.url)
    for author in [*town.people, town.star]:
        town.post(author)
    until(lambda: town.homes_are_right(town.people) and any(b"ob" in its for its in kinds(three).values()))
    until(lambda: all(holds(one, post_id) for one in town.people for post_id in town.posts[:-1]))
    return town


def holds(reader: Client, post_id: str) -> bool:
    """Tell whether the window of a home holds a post, asked of the Redis where it is."""
    return windows.has_post([windows.home(int(reader.id))], int(post_id)) == [True]


def answers(api: str, instance: str) -> bool:
    """Tell whether the API knows that the Redis of an instance is there."""
    body = Client(api).call("GET", "/readyz").body
    return bool(body["redis_of_instances"][instance] == "ok")


def misplaced(three: HotRedis) -> list[tuple[str, bytes]]:
    """Return every key that lies on a server that is not its owner's."""
    found: list[tuple[str, bytes]] = []
    for server, keys in three.keys().items():
        for key in keys:
            owner = owner_of(key)
            if server != ("directory" if owner is None else shard_map.alias_of(shard_of(owner))):
                found.append((server, key))
    return found


def kinds(three: HotRedis) -> dict[str, set[bytes]]:
    return {server: {key.partition(b":")[0] for key in keys} for server, keys in three.keys().items()}


def p95(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)]


class TestThree:
    def test_hold_each_what_belongs_to_their_own_users(self, three, town):
        here, there = town.a[0], town.b[0]
        assert here.call("DELETE", f"/v1/posts/{town.posts.pop(0)}").status == 204
        tag = there.call("GET", "/v1/me").headers["etag"]
        assert there.call("PATCH", "/v1/me", {"bio": "new"}, **{"If-Match": tag}).status == 200
        assert here.call("DELETE", f"/v1/me/following/{there.id}").status == 204
        here.follow(there)
        elsewhere = accounts.issue_session_token(int(there.id), now=clock.now())
        Client(there.url, elsewhere).call("DELETE", "/auth/app/v1/auth/session")
        until(partial(town.homes_are_right, town.people))

        assert misplaced(three) == []
        owned = {b"tl", b"fol", b"folv", b"mine", b"post", b"postcount", b"ties", b"user"}
        assert kinds(three) == {
            "directory": {b"sess", b"good", b"auth", b"ops"},
            "a": owned | {b"ryw"},  # which has replicas
            "b": owned | {b"ob"},
        }


class TestOfThree:
    @pytest.mark.parametrize("how", ["frozen", "killed"])
    def test_one_that_is_away_hurts_its_own_users_only_and_loses_nothing(self, three, town, how):
        undisturbed = max(3 * p95(town.waits()), PROMISE_S)
        late = settle(town.star.url, "late", OF_LATE)
        early = late.post("before anybody followed")
        first = town.posts[0]

        three.freeze("b") if how == "frozen" else three.kill("b")
        pushed = [town.post(author) for _ in range(3) for author in (town.a[0], town.b[0])]
        town.post(town.star)
        for one in (town.b[1], town.b[2], town.a[1]):
            one.follow(late)
            town.posts_for[one.id].append(early)
        # The same authors' later news reaches all others meanwhile.
        until(lambda: holds(town.a[1], early), within=10)
        until(lambda: all(holds(one, post_id) for one in town.a for post_id in pushed), within=10)
        assert p95(town.waits()) < undisturbed
        assert town.homes_are_right(town.people)
        three.restore()

        if how == "frozen":  # with windows that have missed all that
            assert holds(town.b[1], first)
            until(lambda: all(holds(one, post_id) for one in town.b for post_id in pushed))
            until(lambda: holds(town.b[1], early))
        until(lambda: answers(town.star.url, "b"))
        # Of a window that was frozen, what it has missed comes by one delivery for each author.
        until(lambda: town.homes_are_right(town.people))
        assert all(holds(one, post_id) for one in town.people for post_id in pushed)
        assert misplaced(three) == []
