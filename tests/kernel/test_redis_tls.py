"""The hot client through TLS: what it does over a plain connection, in the same time, and whom it trusts."""

import socket
import threading
import time

import pytest

from modules.kernel.redis.address import Address
from modules.kernel.redis.client import RedisClient, RedisSettings, RedisUnavailable, Script
from tests.kit.tls import Authority, TlsServer, to_port

ADD = Script("return redis.call('INCRBY', KEYS[1], ARGV[1])")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def authority(folder):
    return Authority(folder)


@pytest.fixture(scope="module")
def stranger(folder):
    return Authority(folder, "stranger")


@pytest.fixture
def tls(authority, redis):
    server = TlsServer(authority.issue("127.0.0.1"), to_port(redis.port))
    yield server
    server.close()


def hot_at(port: int, **options: object) -> RedisClient:
    query = "&".join(f"{word}={value}" for word, value in options.items())
    return RedisClient(RedisSettings(url=f"rediss://127.0.0.1:{port}/0?{query}", open_seconds=0.3))


@pytest.fixture
def client(tls, authority):
    return hot_at(tls.port, ssl_ca_certs=authority.file)


class TestRun:
    def test_returns_every_reply_in_order(self, client, tls):
        replies = client.run(
            ("SET", "a", "1"), ("GET", "a"), ("RPUSH", "l", b"\0\xff"), ("LRANGE", "l", 0, -1)
        )

        assert replies == [b"OK", b"1", 1, [b"\0\xff"]]
        assert (tls.passed, tls.refused) == (1, 0)

    def test_reads_and_writes_what_is_larger_than_many_records(self, client):
        client.run(("SET", "large", b"x" * 3_000_000))

        assert client.run(("GET", "large"), ("GET", "large")) == [b"x" * 3_000_000] * 2
        assert client.run(("PING",)) == [b"PONG"]

    def test_runs_a_script_that_the_server_never_saw(self, client):
        client.run(("SCRIPT", "FLUSH"))

        assert client.run(ADD.call(["n"], [2]), ADD.call(["n"], [3])) == [2, 5]

    def test_logs_in_and_chooses_the_database(self, tls, authority):
        url = f"rediss://127.0.0.1:{tls.port}/3?ssl_ca_certs={authority.file}"
        RedisClient(RedisSettings(url=url)).run(("SET", "here", "3"))

        assert hot_at(tls.port, ssl_ca_certs=authority.file).run(
            ("GET", "here"), ("SELECT", 3), ("GET", "here")
        ) == [
            None,
            b"OK",
            b"3",
        ]

    def test_serves_threads_side_by_side(self, client, tls):
        wrong: list[int] = []

        def work(name):
            replies = [client.run(("SET", name, n), ("GET", name))[1] for n in range(50)]
            wrong.extend(n for n, reply in enumerate(replies) if reply != b"%d" % n)

        threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert (wrong, tls.passed) == ([], 4)


class TestFailure:
    def test_of_a_frozen_server_is_told_after_the_timeout(self, client, redis):
        client.run(("PING",))
        redis.freeze()

        waited = _refused(client)
        redis.thaw()

        assert 0.19 < waited < 0.5

    def test_leaves_no_answer_behind_for_the_next_caller(self, client, redis):
        client.run(("SET", "a", "old"))
        redis.freeze()
        _refused(client, ("GET", "a"))
        redis.thaw()

        assert client.run(("SET", "a", "new"), ("GET", "a")) == [b"OK", b"new"]

    def test_of_a_server_that_stops_within_an_answer_is_told_after_the_timeout(self, authority):
        with socket.create_server(("127.0.0.1", 0)) as half:
            threading.Thread(target=_answer_by_half, args=(half,)).start()
            server = TlsServer(authority.issue("127.0.0.1"), to_port(half.getsockname()[1]))
            client = hot_at(server.port, ssl_ca_certs=authority.file)

            waited = _refused(client, ("GET", "a"))
            server.close()

        assert 0.19 < waited < 0.5

    def test_of_a_server_that_takes_a_connection_and_says_nothing_is_told_after_the_timeout(self, authority):
        with socket.create_server(("127.0.0.1", 0)) as mute:
            waited = _refused(hot_at(mute.getsockname()[1], ssl_ca_certs=authority.file))

        assert 0.19 < waited < 0.5

    def test_of_a_restart_is_never_seen(self, client, redis):
        client.run(("PING",))
        redis.kill()
        redis.start()

        assert client.run(("PING",)) == [b"PONG"]

    def test_of_a_connection_that_is_no_tls_any_more_is_never_seen(self, client, tls):
        client.run(("PING",))
        tls.spoil()

        assert client.run(("PING",)) == [b"PONG"]
        assert tls.passed == 2

    def test_of_a_dead_server_is_told_at_once(self, client, redis):
        client.run(("PING",))
        redis.kill()

        assert _refused(client) < 0.15


class TestTrust:
    """Whoever cannot be verified is not talked to, unless the URL says so."""

    def test_is_not_given_to_another_authority(self, tls, stranger):
        with pytest.raises(RedisUnavailable, match="certificate verify failed"):
            hot_at(tls.port, ssl_ca_certs=stranger.file).run(("PING",))

        assert tls.passed == 0

    def test_is_not_given_where_nobody_is_named(self, tls):
        with pytest.raises(RedisUnavailable, match="certificate verify failed"):
            hot_at(tls.port).run(("PING",))

    def test_is_not_given_to_another_host(self, authority, redis):
        server = TlsServer(authority.issue("elsewhere.example"), to_port(redis.port))

        with pytest.raises(RedisUnavailable, match="IP address mismatch"):
            hot_at(server.port, ssl_ca_certs=authority.file).run(("PING",))
        unnamed = hot_at(server.port, ssl_ca_certs=authority.file, ssl_check_hostname="false")
        assert unnamed.run(("PING",)) == [b"PONG"]
        server.close()

    def test_is_given_to_anybody_if_the_url_says_so(self, tls):
        assert hot_at(tls.port, ssl_cert_reqs="none").run(("PING",)) == [b"PONG"]

    def test_goes_both_ways(self, authority, stranger, redis):
        server = TlsServer(authority.issue("127.0.0.1"), to_port(redis.port), trusts=stranger.file)
        own, known = stranger.issue("banyan"), {"ssl_ca_certs": authority.file}

        assert hot_at(server.port, **known, ssl_certfile=own).run(("PING",)) == [b"PONG"]
        with pytest.raises(RedisUnavailable):
            hot_at(server.port, **known).run(("PING",))
        server.close()

    def test_plain_talk_to_a_server_that_demands_tls_means_away(self, tls):
        with pytest.raises(RedisUnavailable):
            RedisClient(RedisSettings(url=f"redis://127.0.0.1:{tls.port}/0")).run(("PING",))

        assert tls.passed == 0


class TestAddress:
    @pytest.mark.parametrize(
        ("url", "told"),
        [
            ("rediss://h/0?ssl_ca_cert=x", "not ssl_ca_cert"),
            ("redis://h/0?ssl_cert_reqs=none", "not ssl_cert_reqs"),
            ("redis://h/0?db=1", "not db"),
            ("unix:///path?ssl_cert_reqs=none", "not ssl_cert_reqs"),
            ("rediss://h/0?ssl_cert_reqs=maybe", "required, optional, none"),
            ("rediss://h/0?ssl_check_hostname=0", "true, false"),
            ("rediss://h/0?ssl_ca_certs=/nowhere", "ssl_ca_certs cannot be used: No such file"),
            ("rediss://h/0?ssl_keyfile=/nowhere", "ssl_certfile"),
            ("redis://h/x", "database is no number"),
            ("redis://:ses/ame@h/0", "port is no number"),
            ("redis://:12?ses@h/0", "as %2F"),
            ("redis://:12#ses@h/0", "as %2F"),
        ],
    )
    def test_refuses_what_somebody_would_not_understand(self, url, told):
        with pytest.raises(ValueError, match=told) as refused:
            Address.parse(url)

        assert "ses" not in str(refused.value)

    def test_verifies_unless_it_is_told_otherwise(self):
        assert Address.parse("redis://h/0").tls is None
        assert Address.parse("rediss://h/0").tls == {"ssl_cert_reqs": "required", "ssl_check_hostname": True}


def _answer_by_half(server: socket.socket) -> None:
    """Answer one client with a part of what is announced, until it goes."""
    talk, _ = server.accept()
    with talk:
        talk.recv(100)
        talk.sendall(b"$100000\r\n" + b"x" * 50_000)
        talk.recv(1)


def _refused(client: RedisClient, *commands: tuple[object, ...]) -> float:
    """Return how long a caller waited to be told that Redis is away."""
    started = time.monotonic()
    with pytest.raises(RedisUnavailable):
        client.run(*commands or [("PING",)])
    return time.monotonic() - started
