"""What a pooler would break without a word: who leads, what lasts too long, what is behind it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.embedded.layout import ROOT
from sharding.ids import shard_of
from sharding.shard_map import alias_of
from tests.kit.client import Client
from tests.kit.machines import Machines, until
from tests.pooled.pgbouncer import API, PgBouncer

pytestmark = pytest.mark.django_db

READ_WHILE_THE_SERVER_IS_TAKEN = """
import django; django.setup()
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from sharding.backend.base import DatabaseWrapper
rows = MigrationRecorder(connections["default"]).migration_qs.iterator(chunk_size=1)
next(rows)
other = DatabaseWrapper(connections.settings["default"], "default")
other.set_autocommit(False)
other.cursor().execute("SELECT 1")
print(sum(1 for _ in rows))
"""
RELAYS = ("relay-default", "relay-a", "relay-b")


def says(heartbeats: Path, word: str) -> bool:
    """Return whether a relay says of each instance that it `leads`, or `waits` for another that does."""
    found = [heartbeats / name for name in RELAYS]
    return all(file.exists() and file.read_text().split()[1] == word for file in found)


def run(stack: Machines, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a process to its end."""
    command = [stack.python, *words]
    full = {**stack.env, **env}
    return subprocess.run(
        command, cwd=ROOT, env=full, capture_output=True, text=True, timeout=60, check=False
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return what it said last."""
    return done.stderr.strip().splitlines()[-1]


def one_on(instance: str, url: str) -> Client:
    """Return somebody whose shard is on an instance."""
    for number in range(30):
        client = Client(url).sign_up(f"one_on_{instance}_{number}")
        if alias_of(shard_of(int(client.id))) == instance:
            return client
    raise AssertionError(f"nobody was placed on {instance}")


class TestTheRelay:
    def test_leads_once_and_only_once(self, stack, tmp_path):
        first = stack.run_relay(BANYAN_HEARTBEAT_DIR=str(tmp_path / "first"))
        until(lambda: says(tmp_path / "first", "leads"))
        second = stack.run_relay(BANYAN_HEARTBEAT_DIR=str(tmp_path / "second"))
        until(lambda: says(tmp_path / "second", "waits"))

        first.kill()
        until(lambda: says(tmp_path / "second", "leads"))
        second.kill()
        stack.run_relay(BANYAN_HEARTBEAT_DIR=str(tmp_path / "third"))

        until(lambda: says(tmp_path / "third", "leads"))

    @pytest.mark.parametrize("command", [["relay"], ["shards", "migrate"]])
    @pytest.mark.parametrize(
        ("pooled", "variable", "cure"),
        [
            ("on", "BANYAN_DIRECT_INSTANCES", "it has to name the server itself"),
            (
                "off",
                "BANYAN_INSTANCES",
                "set BANYAN_POOLED=on and name the server itself in BANYAN_DIRECT_INSTANCES",
            ),
        ],
        ids=["told-of-it", "not-told"],
    )
    def test_and_migrations_refuse_a_pooler(self, stack, pooler, command, pooled, variable, cure):
        mixed = f"{stack.env['BANYAN_DIRECT_INSTANCES'].partition(',')[0]},b={pooler.url('b')}"
        directory = stack.env["BANYAN_DIRECT_DIRECTORY_URL"]
        if pooled == "on":
            env = {"BANYAN_DIRECT_INSTANCES": mixed}
        else:
            env = {"BANYAN_DIRECT_INSTANCES": "", "BANYAN_DIRECT_DIRECTORY_URL": ""}
            env |= {"BANYAN_INSTANCES": mixed, "BANYAN_DIRECTORY_URL": directory, "BANYAN_REPLICAS": ""}

        refused = run(stack, "manage.py", *command, BANYAN_POOLED=pooled, **env)

        found = "a lock was given to two sessions at once"
        assert (refused.returncode, last_line(refused)) == (
            1,
            f"CommandError: {variable} leads to a pooler (b): {found}; {cure}.",
        )


class TestALimit:
    @pytest.fixture
    def unlimited(self, stack_of_run, pooler) -> Iterator[None]:
        """Take the time limit of statements from the API's role on one instance."""
        server = stack_of_run.topology.primaries["b"]
        with server.connect() as owner:
            owner.execute(f"ALTER ROLE {API} RESET statement_timeout")
            pooler.command("RECONNECT b")
            yield
            owner.execute(f"ALTER ROLE {API} SET statement_timeout = '5s'")
            pooler.command("RECONNECT b")

    @pytest.mark.parametrize("name", ["directory", "a", "b", "a_replica1"])
    def test_is_in_force_on_every_server(self, pooler, name):
        limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        with psycopg.connect(pooler.url(name), autocommit=True, prepare_threshold=None) as session:
            found = [session.execute(f"SHOW {limit}").fetchone() for limit in limits]

        assert found == [("5s",), ("500ms",), ("10s",)]

    @pytest.mark.parametrize(
        "process",
        [
            ["-m", "gunicorn", "-c", "config/gunicorn.py", "--bind", "127.0.0.1:0", "config.wsgi"],
            ["-m", "celery", "--quiet", "-A", "config.celery", "worker"],
        ],
        ids=["api", "worker"],
    )
    def test_that_is_missing_lets_no_process_begin(self, stack, unlimited, process):
        refused = run(stack, *process, PYTHONWARNINGS="ignore")

        cure = f"ALTER ROLE {API} SET statement_timeout = '5000ms'; on the server, then RECONNECT;"
        assert (refused.returncode, last_line(refused)) == (
            1,
            f"b: behind the pooler statement_timeout is not set. {cure} on the pooler's console.",
        )


def test_rows_are_read_to_the_end_though_the_server_was_given_to_another(stack):
    read = run(stack, "-c", READ_WHILE_THE_SERVER_IS_TAKEN)

    assert (read.returncode, read.stderr) == (0, "")
    assert int(read.stdout) > 20


class TestAnOutage:
    def test_of_the_pooler_is_over_when_it_is_back(self, stack, pooler: PgBouncer):
        author = Client(stack.run_api().url).sign_up("ada")

        pooler.kill()
        until(lambda: author.call("GET", "/readyz").status == 503)
        pooler.start()

        until(lambda: author.call("POST", "/v1/posts", {"text": "again"}).status == 201)

    def test_behind_it_slows_its_own_users_only_and_is_over_when_the_server_is_back(self, stack):
        url = stack.run_api().url
        ada, ben = one_on("a", url), one_on("b", url)

        stack.kill("b")
        until(lambda: ben.call("POST", "/v1/posts", {"text": "away"}).status == 503)
        ada.post("as ever")
        stack.start("b")

        until(lambda: ben.call("POST", "/v1/posts", {"text": "again"}).status == 201)
