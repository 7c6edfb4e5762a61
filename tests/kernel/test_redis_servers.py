"""Three Redis servers, one trip: which of them is asked, and what becomes of the others when one is away."""

import time

import pytest

from modules.kernel.redis import servers
from modules.kernel.redis.client import (
    RedisClient,
    RedisCommandError,
    RedisSettings,
    RedisUnavailable,
    Script,
    Unreadable,
    count_trips,
)
from modules.kernel.redis.keys import drop_shards, owner_of
from modules.kernel.redis.several import ask_each, tell_each
from sharding import shard_map
from sharding.ids import make_id
from sharding.shard_map import ShardMap
from tests.kernel.servers import RedisServer

NAME = Script("return {KEYS[1], redis.call('GET', KEYS[1])}")
ON_A, ON_B = make_id(1, 3, 0), make_id(1, 4000, 0)
MAP = ShardMap.from_ranges([(0, 2047, "a", "open", 1), (2048, 4095, "b", "open", 1)])


@pytest.fixture(scope="module")
def three_of_module(tmp_path_factory):
    running = [RedisServer(tmp_path_factory.mktemp(name)) for name in "dab"]
    for server in running:
        server.start()
    yield running
    for server in running:
        server.kill()


@pytest.fixture
def three(three_of_module):
    for server in three_of_module:
        RedisClient(RedisSettings(server.url)).run(("FLUSHALL",))
    yield three_of_module
    for server in three_of_module:
        server.restore()


@pytest.fixture
def clients(three):
    return [
        RedisClient(RedisSettings(server.url, open_seconds=0.3), name)
        for server, name in zip(three, "dab", strict=True)
    ]


@pytest.fixture
def routed(three, settings, monkeypatch):
    """The servers as those of the directory, `a` and `b`, and a map that gives each half of the shards."""
    monkeypatch.setattr(shard_map, "_current", MAP)
    settings.REDIS = {
        name: RedisSettings(server.url) for name, server in zip(("directory", "a", "b"), three, strict=True)
    }
    return settings


def all_answer(clients):
    return [client.run(("ECHO", client.name)) for client in clients] == [[b"d"], [b"a"], [b"b"]]


class TestAsking:
    def test_gives_each_its_own_replies(self, clients):
        asked = {client: [("SET", "k", client.name), ("GET", "k")] for client in clients}

        with count_trips() as trips:
            found = ask_each(asked)

        assert [found.by_client[client] for client in clients] == [
            [b"OK", b"d"],
            [b"OK", b"a"],
            [b"OK", b"b"],
        ]
        assert (found.failures, trips.trips, trips.commands) == ({}, 1, 6)

    def test_sends_to_all_before_it_reads_any(self, clients):
        all_answer(clients)

        started = time.monotonic()
        found = ask_each({client: [("DEBUG", "SLEEP", "0.12")] for client in clients})

        assert [found.by_client[client] for client in clients] == [[b"OK"]] * 3
        assert 0.12 < time.monotonic() - started < 0.3

    def test_of_a_dead_one_costs_its_own_replies_alone(self, clients, three):
        three[1].kill()

        found = ask_each({client: [("PING",)] for client in clients})

        assert [found.by_client.get(client) for client in clients] == [[b"PONG"], None, [b"PONG"]]
        assert [(client.name, error.server) for client, error in found.failures.items()] == [("a", "a")]

    def test_waits_for_two_frozen_ones_no_longer_than_for_one(self, clients, three):
        all_answer(clients)
        three[0].freeze()
        three[1].freeze()

        started = time.monotonic()
        found = ask_each({client: [("PING",)] for client in clients})
        waited = time.monotonic() - started
        for server in three:
            server.thaw()

        assert found.by_client == {clients[2]: [b"PONG"]}
        assert found.failures.keys() == set(clients[:2])
        assert 0.19 < waited < 0.39
        assert all_answer(clients)

    def test_opens_the_breaker_of_the_frozen_one_alone(self, clients, three):
        three[1].freeze()
        for _ in range(2):
            ask_each({client: [("PING",)] for client in clients})

        started = time.monotonic()
        found = [ask_each({client: [("PING",)] for client in clients}) for _ in range(20)]
        waited = time.monotonic() - started
        three[1].thaw()

        assert waited < 0.1
        assert [(set(its.by_client), str(its.failures[clients[1]])) for its in found] == [
            ({clients[0], clients[2]}, "the breaker is open")
        ] * 20

    def test_survives_restarts_and_scripts_that_some_do_not_know(self, clients, three):
        asked = {client: [("SET", "k", client.name), NAME.call(["k"])] for client in clients}
        clients[0].run(NAME.call(["k"]))
        all_answer(clients)
        three[2].kill()
        three[2].start()

        found = ask_each(asked)

        assert [found.by_client[client][1] for client in clients] == [
            [b"k", b"d"],
            [b"k", b"a"],
            [b"k", b"b"],
        ]

    def test_leaves_every_connection_in_order_after_a_mistake(self, clients):
        with pytest.raises(RedisCommandError):
            ask_each({client: [("NONSENSE",), ("PING",)] for client in clients})

        assert all_answer(clients)

    def test_drops_what_is_none_of_ours_where_it_lies(self, clients):
        tell_each({client: [("SET", "k", "x")] for client in clients[:2]})

        found = ask_each({client: [("LPUSH", "k", "y")] for client in clients})

        assert {client: type(error) for client, error in found.failures.items()} == dict.fromkeys(
            clients[:2], Unreadable
        )
        assert found.by_client == {clients[2]: [1]}
        assert tell_each({client: [("EXISTS", "k")] for client in clients}) == [0, 0, 1]

    def test_tells_all_others_before_it_refuses(self, clients, three):
        three[0].kill()

        with pytest.raises(RedisUnavailable):
            tell_each({client: [("SET", "k", "told")] for client in clients})

        assert [client.run(("GET", "k")) for client in clients[1:]] == [[b"told"]] * 2


class TestRoutes:
    def test_lead_ids_to_the_instances_of_their_shards(self, routed):
        groups = servers.group_by_redis([ON_B, ON_A, ON_B + 1])

        assert groups == {servers.redis("b"): [ON_B, ON_B + 1], servers.redis("a"): [ON_A]}
        assert (servers.redis_of(ON_A), servers.redis_of(ON_B)) == (servers.redis("a"), servers.redis("b"))
        assert servers.only_redis() is None
        assert [client.name for client in servers.redis_clients()] == [
            "redis_directory",
            "redis_a",
            "redis_b",
        ]

    def test_are_one_client_where_servers_are_one(self, routed):
        one = routed.REDIS["a"]
        routed.REDIS = {"directory": one, "a": one, "b": routed.REDIS["b"]}

        assert servers.redis("directory") is servers.redis_of(ON_A)
        assert [client.name for client in servers.redis_clients()] == ["redis_directory+a", "redis_b"]
        assert servers.instances_by_redis() == {servers.redis("a"): ["a"], servers.redis("b"): ["b"]}

    def test_ask_no_map_where_all_are_one(self, routed, monkeypatch):
        routed.REDIS = dict.fromkeys(routed.REDIS, routed.REDIS["a"])
        monkeypatch.setattr(shard_map, "current", None)

        assert servers.redis_of(ON_B) is servers.only_redis()
        assert servers.group_by_redis([ON_A, ON_B]) == {servers.redis("a"): [ON_A, ON_B]}
        assert servers.redis("b").name == "redis"

    def test_follow_the_map(self, routed, monkeypatch):
        assert servers.redis_of(ON_A) is servers.redis("a")

        moved = ShardMap.from_ranges([(0, 4095, "b", "open", 2)])
        monkeypatch.setattr(shard_map, "_current", moved)

        assert servers.redis_of(ON_A) is servers.redis("b")

    def test_of_an_instance_that_settings_do_not_know_yet_are_away_alone(self, routed, monkeypatch):
        grown = ShardMap.from_ranges([(0, 3999, "a", "open", 1), (4000, 4095, "c", "open", 1)])
        monkeypatch.setattr(shard_map, "_current", grown)
        asked = {client: [("PING",)] for client in servers.group_by_redis([ON_A, ON_B])}

        found = ask_each(asked)

        assert found.by_client == {servers.redis("a"): [b"PONG"]}
        assert [error.server for error in found.failures.values()] == ["redis_c"]


class TestKeys:
    def test_tell_whose_they_are(self):
        assert (owner_of(b"tl:7"), owner_of(b"post:9")) == (7, 9)
        assert [owner_of(key) for key in (b"sess:7", b"auth:epoch:7", b"rl:x:7", b"tl:x")] == [None] * 4

    def test_of_shards_that_move_are_dropped(self, routed):
        stay, goes = make_id(1, 5, 0), make_id(1, 6, 0)
        client = servers.redis("a")
        client.run(*[("SET", f"tl:{goes + n}", 1) for n in range(1000)], ("SET", f"post:{goes}", 1))
        client.run(("SET", f"tl:{stay}", 1), ("SET", f"sess:{goes}", 1))

        assert drop_shards("a", {6}) == 1001
        assert sorted(client.run(("KEYS", "*"))[0]) == [f"sess:{goes}".encode(), f"tl:{stay}".encode()]
