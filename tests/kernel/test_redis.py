"""The hot client against real Redis servers: alive, dead, frozen, restarted, locked."""

import multiprocessing
import threading
import time
from functools import partial

import pytest
from structlog.testing import capture_logs

from modules.kernel.redis.address import Address
from modules.kernel.redis.client import (
    RedisClient,
    RedisCommandError,
    RedisSettings,
    RedisUnavailable,
    Script,
    Unreadable,
    count_trips,
)
from tests.kernel.servers import RedisServer

ADD = Script("return redis.call('INCRBY', KEYS[1], ARGV[1])")


def at_once(*work):
    """Run callables in threads of their own."""
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def client(redis):
    return RedisClient(RedisSettings(url=redis.url, open_seconds=0.3))


class TestRun:
    def test_returns_every_reply_in_order(self, client):
        replies = client.run(
            ("SET", "a", "1"),
            ("GET", "a"),
            ("GET", "none"),
            ("RPUSH", "l", b"\0\xff", 5),
            ("LRANGE", "l", 0, -1),
        )

        assert replies == [b"OK", b"1", None, 2, [b"\0\xff", b"5"]]

    def test_makes_one_trip_of_any_number_of_commands(self, client):
        with count_trips() as counted:
            client.run(*[("SET", f"k{n}", n) for n in range(500)])
            client.run(("MGET", *[f"k{n}" for n in range(500)]))

        assert (counted.trips, counted.commands) == (2, 501)

    def test_makes_none_of_no_command(self, client):
        with count_trips() as counted:
            assert client.run() == []

        assert counted.trips == 0

    def test_reads_answers_larger_than_one_packet(self, client):
        client.run(("SET", "large", b"x" * 3_000_000))

        assert client.run(("GET", "large"), ("GET", "large")) == [b"x" * 3_000_000] * 2

    def test_refuses_a_wrong_command_and_runs_the_others(self, client):
        client.run(("SET", "a", "1"))

        with pytest.raises(RedisCommandError, match="wrong number of arguments"):
            client.run(("SET", "before", "1"), ("LPUSH", "a"), ("SET", "after", "1"))

        assert client.run(("MGET", "a", "before", "after")) == [[b"1", b"1", b"1"]]

    def test_drops_what_is_none_of_ours_and_keeps_the_rest(self, client):
        client.run(("SET", "a", "1"), ("SET", "b", "1"))

        with pytest.raises(Unreadable, match="WRONGTYPE"):
            client.run(("SET", "before", "1"), ("LPUSH", "a", "x"), ("SET", "after", "1"))

        assert client.run(("MGET", "a", "b", "before", "after")) == [[None, b"1", b"1", b"1"]]

    def test_serves_threads_side_by_side(self, client):
        wrong: list[int] = []

        def work(name):
            replies = [client.run(("SET", name, n), ("GET", name))[1] for n in range(200)]
            wrong.extend(n for n, reply in enumerate(replies) if reply != b"%d" % n)

        at_once(*[partial(work, f"t{n}") for n in range(8)])

        assert wrong == []

    def test_connects_anew_after_a_fork(self, client):
        client.run(("SET", "a", "parent"))
        fork = multiprocessing.get_context("fork")
        receive, send = fork.Pipe(duplex=False)

        child = fork.Process(target=lambda: send.send(client.run(("CLIENT", "ID"))[0]))
        mine = client.run(("CLIENT", "ID"))[0]
        child.start()
        child.join()

        assert receive.recv() != mine
        assert client.run(("GET", "a")) == [b"parent"]


class TestFailure:
    def test_of_a_restart_is_never_seen(self, client, redis):
        client.run(("PING",))
        redis.kill()
        redis.start()

        assert client.run(("PING",)) == [b"PONG"]

    def test_of_a_dead_server_is_told_at_once(self, client, redis):
        client.run(("PING",))
        redis.kill()

        started = time.monotonic()
        with pytest.raises(RedisUnavailable):
            client.run(("PING",))

        assert time.monotonic() - started < 0.1

    def test_of_a_frozen_server_is_told_after_the_timeout(self, client, redis):
        client.run(("PING",))
        redis.freeze()

        started = time.monotonic()
        with pytest.raises(RedisUnavailable):
            client.run(("PING",))
        waited = time.monotonic() - started
        redis.thaw()

        assert 0.19 < waited < 0.5

    def test_leaves_no_answer_behind_for_the_next_caller(self, client, redis):
        client.run(("SET", "a", "old"))
        redis.freeze()
        with pytest.raises(RedisUnavailable):
            client.run(("GET", "a"))
        redis.thaw()

        assert client.run(("SET", "a", "new"), ("GET", "a")) == [b"OK", b"new"]

    def test_twice_opens_the_breaker_so_that_nobody_waits(self, client, redis):
        redis.freeze()
        for _ in range(2):
            with pytest.raises(RedisUnavailable):
                client.run(("PING",))

        started = time.monotonic()
        for _ in range(100):
            with pytest.raises(RedisUnavailable, match="breaker"):
                client.run(("PING",))
        waited = time.monotonic() - started
        redis.thaw()

        assert waited < 0.1

    def test_ends_when_a_probe_succeeds(self, redis):
        client = RedisClient(RedisSettings(url=redis.url, open_seconds=0.0))
        redis.kill()
        for _ in range(3):
            with pytest.raises(RedisUnavailable):
                client.run(("PING",))
        redis.start()

        assert client.run(("PING",)) == [b"PONG"]

    def test_sends_one_probe_at_a_time(self, redis):
        client = RedisClient(RedisSettings(url=redis.url, open_seconds=0.2))
        redis.freeze()
        for _ in range(2):
            with pytest.raises(RedisUnavailable):
                client.run(("PING",))
        told = []

        def ask():
            try:
                client.run(("PING",))
            except RedisUnavailable as away:
                told.append(str(away))

        client._breaker._open_until = time.monotonic()  # the time is up
        at_once(*[ask] * 8)
        redis.thaw()

        assert (len(told), told.count("the breaker is open")) == (8, 7)

    def test_of_a_full_server_means_away_too(self, client, redis):
        redis.is_spoiled = True
        client.run(("CONFIG", "SET", "maxmemory", "1"))

        with pytest.raises(RedisUnavailable, match="OOM"):
            client.run(("SET", "a", "1"))


class TestScript:
    def test_runs_though_the_server_never_saw_it(self, client):
        with count_trips() as first:
            assert client.run(ADD.call(["n"], [2])) == [2]
        with count_trips() as second:
            assert client.run(ADD.call(["n"], [3])) == [5]

        assert (first.trips, second.trips) == (2, 1)

    def test_runs_though_the_server_forgot_it(self, client):
        client.run(ADD.call(["n"], [1]))
        client.run(("SCRIPT", "FLUSH"))

        assert client.run(("PING",), ADD.call(["n"], [1]), ("PING",), ADD.call(["n"], [1])) == [
            b"PONG",
            2,
            b"PONG",
            3,
        ]

    def test_that_fails_says_so(self, client):
        client.run(("SET", "n", "x"))

        with pytest.raises(Unreadable, match="not an integer"):
            client.run(ADD.call(["n"], [1]))

        assert client.run(ADD.call(["n"], [1])) == [1]

    def test_that_met_what_is_none_of_ours_tells_once_a_minute_and_names_nobody(self, client, monkeypatch):
        monkeypatch.setattr("modules.kernel.redis.client._told", {})
        with capture_logs() as logs:
            for key in ("tl:7", "tl:8", "fol:7"):
                client.run(("SET", key, "x"))
                with pytest.raises(Unreadable):
                    client.run(ADD.call([key], [1]))

        assert [(line["event"], line["kinds"]) for line in logs] == [
            ("entries_unreadable", ["tl"]),
            ("entries_unreadable", ["fol"]),
        ]

    def test_on_a_server_that_takes_no_writes_means_away_and_drops_nothing(self, client, redis):
        client.run(("SET", "n", "1"))
        redis.is_spoiled = True
        client.run(("REPLICAOF", "127.0.0.1", "1"))

        with pytest.raises(RedisUnavailable, match="READONLY") as told:
            client.run(ADD.call(["n"], [1]))

        assert type(told.value) is RedisUnavailable


class TestAddress:
    def test_may_be_a_socket(self, redis):
        client = RedisClient(RedisSettings(url=f"unix://{redis.path}?db=3"))
        client.run(("SET", "here", "3"))

        assert RedisClient(RedisSettings(url=f"redis://127.0.0.1:{redis.port}/3")).run(("GET", "here")) == [
            b"3"
        ]
        assert RedisClient(RedisSettings(url=redis.url)).run(("GET", "here")) == [None]

    def test_may_hold_a_password(self, tmp_path):
        server = RedisServer(tmp_path, "--requirepass", "p@ss:w/rd")
        server.start()

        try:
            assert RedisClient(RedisSettings(url=f"redis://:p%40ss%3Aw%2Frd@127.0.0.1:{server.port}/0")).run(
                ("PING",)
            ) == [b"PONG"]
            with pytest.raises(RedisCommandError, match="WRONGPASS"):
                RedisClient(RedisSettings(url=f"redis://:wrong@127.0.0.1:{server.port}/0")).run(("PING",))
        finally:
            server.kill()

    def test_may_hold_a_user(self):
        address = Address.parse("redis://ada:secret@cache.example:6380/2")

        assert (address.host, address.port) == ("cache.example", 6380)
        assert address.greeting == (("AUTH", "ada", "secret"), ("SELECT", 2))

    def test_of_another_kind_is_refused(self):
        with pytest.raises(ValueError, match="redis://"):
            Address.parse("http://localhost")
