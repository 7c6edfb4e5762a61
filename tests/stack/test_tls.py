"""Everything through servers that demand TLS: whoever may come in comes in by every door, others by none."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis as redis_client
from celery import Celery
from django_redis.cache import RedisCache
from kombu.exceptions import OperationalError

from config import env as environment
from config.settings import cache, queues
from deploy.embedded.layout import ROOT
from deploy.embedded.postgres import PORT
from deploy.embedded.throwaway import Throwaway
from tests.kit.client import Client
from tests.kit.commands import manage_each
from tests.kit.machines import Machines, until
from tests.kit.tls import Authority, TlsPostgres, TlsServer, to_socket


class Secured:
    """The servers of the run, each behind a port that demands TLS."""

    def __init__(self, stack: Throwaway, folder: Path) -> None:
        self._stack = stack
        self.authority, self.stranger = Authority(folder), Authority(folder, "stranger")
        certificate = self.authority.issue("127.0.0.1")
        servers = {**stack.topology.primaries, **stack.topology.replicas}
        self.databases = {
            name: TlsPostgres(certificate, to_socket(server.sockets / f".s.PGSQL.{PORT}"))
            for name, server in servers.items()
        }
        self.redis = TlsServer(certificate, to_socket(stack.topology.redis.socket))

    def env(self, mode: str = "verify-full", /, **trusted: Path) -> dict[str, str]:
        """Return the variables that lead to them; `a=…` is the authority that is trusted for `a` alone."""
        redis_files = {name: trusted.get(name, self.authority.file) for name in ("cache", "hot", "broker")}
        found = {
            name: f"postgres://banyan@127.0.0.1:{server.port}/banyan?sslmode={mode}"
            f"&sslrootcert={trusted.get(name, self.authority.file)}"
            for name, server in self.databases.items()
        }
        return {
            "BANYAN_DIRECTORY_URL": found["directory"],
            "BANYAN_INSTANCES": f"a={found['a']},b={found['b']}",
            "BANYAN_REPLICAS": f"a_replica1={found['a_replica1']}",
            **{
                f"BANYAN_{variable}_URL": self.redis_url(number, redis_files[name])
                for number, (variable, name) in enumerate(
                    zip(("REDIS_CACHE", "REDIS_HOT", "BROKER"), redis_files, strict=True)
                )
            },
        }

    def redis_url(self, database: int, trusted: Path) -> str:
        """Return the URL of one of Redis's databases."""
        password = self._stack.topology.redis.password
        return f"rediss://:{password}@127.0.0.1:{self.redis.port}/{database}?ssl_ca_certs={trusted}"

    def counts(self) -> tuple[set[str], int]:
        """Return which databases let somebody in, and how often any door was closed."""
        doors = [self.redis, *self.databases.values()]
        passed = {name for name, server in self.databases.items() if server.passed}
        return passed, sum(door.refused for door in doors)

    def close(self) -> None:
        for server in [self.redis, *self.databases.values()]:
            server.close()


@pytest.fixture
def secured(stack_of_run: Throwaway, tmp_path: Path) -> Iterator[Secured]:
    made = Secured(stack_of_run, tmp_path)
    yield made
    made.close()


def manage(stack: Throwaway, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a management command that may fail."""
    [done] = manage_all(stack, list(words), **env)
    return done


def manage_all(stack: Throwaway, *commands: list[str], **env: str) -> list[subprocess.CompletedProcess[str]]:
    """Run management commands that may fail, with one start."""
    full = {**stack.env, "DJANGO_SETTINGS_MODULE": "config.settings.test", "PATH": "/usr/bin:/bin", **env}
    return manage_each(commands, cwd=ROOT, env=full)


@pytest.mark.django_db
class TestEveryProcess:
    def test_serves_through_tls(self, stack: Machines, secured: Secured):
        env: dict[str, Any] = secured.env()
        relay, worker, api = stack.run_relay(**env), stack.run_worker(**env), stack.run_api(**env)
        author, reader = Client(api.url).sign_up("ada"), Client(api.url).sign_up("ben")
        reader.follow(author)
        author.post("Hello, forest")

        until(lambda: reader.home() == ["Hello, forest"])

        assert Client(api.url).call("GET", "/readyz").body == {
            "status": "ready",
            "directory": "ok",
            "redis": "ok",
            "instances": {"a": "ok", "b": "ok", "a_replica1": "ok"},
            "redis_of_instances": {"a": "ok", "b": "ok"},
        }
        assert secured.counts() == ({"directory", "a", "b", "a_replica1"}, 0)
        assert {"banyan api", "banyan relay"} <= stack.clients()  # workers keep none between tasks
        for process in (relay, worker, api):
            assert process.is_running

    def test_says_that_it_is_not_ready_where_it_trusts_nobody(self, stack: Machines, secured: Secured):
        stranger = secured.stranger.file
        trusted = dict.fromkeys(("directory", "a", "b", "a_replica1", "hot"), stranger)
        api = stack.run_api(**secured.env(**trusted))

        answer = Client(api.url).call("GET", "/readyz")

        assert (answer.status, answer.body) == (
            503,
            {
                "status": "not_ready",
                "directory": "away",
                "redis": "away",
                "instances": {"a": "away", "b": "away", "a_replica1": "away"},
                "redis_of_instances": {"a": "away", "b": "away"},
            },
        )
        assert secured.counts()[0] == set()


class TestShards:
    def test_passes_through_tls(self, secured, stack_of_run):
        commands = (["shards", word] for word in ("status", "migrate", "map"))
        done = manage_all(stack_of_run, *commands, **secured.env())

        assert ([each.returncode for each in done], secured.counts()[1]) == ([0, 0, 0], 0), done

    def test_status_tells_which_database_is_not_to_be_trusted(self, secured, stack_of_run):
        done = manage(stack_of_run, "shards", "status", "--json", **secured.env(b=secured.stranger.file))

        entries = {entry["alias"]: entry for entry in json.loads(done.stdout)}
        assert (done.returncode, [name for name, entry in entries.items() if not entry["is_well"]]) == (
            1,
            ["b"],
        )
        assert "certificate verify failed" in entries["b"]["error"]

    def test_goes_nowhere_without_tls_and_says_why(self, secured, stack_of_run):
        commands = (["shards", word] for word in ("status", "migrate"))

        for done in manage_all(stack_of_run, *commands, **secured.env("disable")):
            assert done.returncode == 1
            assert "the database default cannot be reached" in (said := done.stdout + done.stderr)
            assert "TLS is demanded" in said
        assert secured.counts()[0] == set()

    def test_passes_to_the_one_of_several_hosts_that_takes_writes(self, secured, stack_of_run):
        env = secured.env()
        replica, primary = (f"127.0.0.1:{secured.databases[name].port}" for name in ("a_replica1", "a"))
        env["BANYAN_INSTANCES"] = env["BANYAN_INSTANCES"].replace(
            f"{primary}/banyan?", f"{replica},{primary}/banyan?target_session_attrs=read-write&"
        )

        done = manage(stack_of_run, "shards", "status", **{**env, "BANYAN_REPLICAS": ""})

        assert done.returncode == 0, done.stderr
        assert [secured.databases[name].passed for name in ("a_replica1", "a", "b")] == [1, 1, 1]

    def test_goes_nowhere_if_another_host_has_the_certificate(self, stack_of_run, secured):
        sockets = stack_of_run.topology.primaries["directory"].sockets
        elsewhere = TlsPostgres(
            secured.authority.issue("elsewhere.example"), to_socket(sockets / f".s.PGSQL.{PORT}")
        )
        port = urlsplit(secured.env()["BANYAN_DIRECTORY_URL"]).port

        def map_by(mode: str) -> subprocess.CompletedProcess[str]:
            url = secured.env(mode)["BANYAN_DIRECTORY_URL"].replace(f":{port}/", f":{elsewhere.port}/")
            return manage(stack_of_run, "shards", "map", **{**secured.env(), "BANYAN_DIRECTORY_URL": url})

        found = map_by("verify-full"), map_by("verify-ca")
        elsewhere.close()

        assert [each.returncode for each in found] == [1, 0], found
        assert "does not match host name" in found[0].stderr


@pytest.mark.django_db
class TestRelay:
    def test_leads_nowhere_where_it_trusts_nobody(self, stack: Machines, secured: Secured):
        relay = stack.run_relay(**secured.env(a=secured.stranger.file))

        until(lambda: secured.databases["a"].refused >= 2)  # it tries again

        # Two prove that a lock there is a session's; then it leads.
        until(lambda: secured.databases["b"].passed == 3)
        assert (secured.databases["a"].passed, relay.is_running) == (0, True)


class TestCache:
    def test_is_reached_through_tls(self, secured):
        assert _cached(secured, secured.authority.file) == "kept"

    def test_is_as_good_as_absent_where_it_is_not_to_be_trusted(self, secured):
        assert _cached(secured, secured.stranger.file) is None


class TestBroker:
    def test_is_reached_through_tls(self, secured, stack_of_run):
        app = _celery(secured, secured.authority.file)

        app.send_task("tests.nobody", queue=queues.DEFAULT)
        app.close()

        plain = redis_client.Redis.from_url(stack_of_run.env["BANYAN_BROKER_URL"])
        assert (plain.llen(queues.DEFAULT), plain.delete(queues.DEFAULT)) == (1, 1)
        assert secured.redis.refused == 0

    def test_gets_nothing_where_it_is_not_to_be_trusted(self, secured):
        app = _celery(secured, secured.stranger.file)

        with pytest.raises(OperationalError, match="certificate verify failed"):
            app.connection_for_write().ensure_connection(max_retries=1, interval_start=0)
        app.close()
        assert secured.redis.passed == 0


def _cached(secured: Secured, trusted: Path) -> object:
    """Return what is found of what was put there."""
    env = dataclasses.replace(environment.load(), redis_cache_url=secured.redis_url(0, trusted))
    made = cache.caches(env)["default"]
    kept = RedisCache(made["LOCATION"], made)
    kept.set("here", "kept", 5)
    found: object = kept.get("here")
    kept.client.get_client().connection_pool.disconnect()
    return found


def _celery(secured: Secured, trusted: Path) -> Celery:
    env = dataclasses.replace(environment.load(), broker_url=secured.redis_url(2, trusted))
    app = Celery("tls", set_as_current=False)
    app.conf.update(queues.celery(env))
    return app
