import io
import json
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from sharding import migrating, status
from sharding.testing import count_queries
from tests.sharding.app import migrations

pytestmark = pytest.mark.django_db


def shards(*words: str) -> str:
    out = io.StringIO()
    call_command("shards", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def on_b():
    with connections["b"].cursor() as cursor:
        cursor.execute("SELECT state, digest FROM schema_state")
        row = cursor.fetchone()
        yield cursor.execute
        cursor.execute("UPDATE schema_state SET state = %s, digest = %s", row)


class TestMap:
    def test_shows_runs_of_shards(self):
        assert shards("map").splitlines()[0].split() == ["0-2047", "a", "open", "epoch", "1"]
        assert json.loads(shards("map", "--json"))[1] == {
            "first": 2048, "last": 4095, "instance": "b", "state": "open", "epoch": 1,
        }  # fmt: skip


class TestStatus:
    def test_is_well_when_all_is_well(self):
        entries = json.loads(shards("status", "--json"))

        assert [(entry["alias"], entry["is_well"]) for entry in entries] == [
            ("default", True), ("a", True), ("a_replica1", True), ("b", True),
        ]  # fmt: skip
        assert (entries[1]["shards"], entries[1]["owned"]) == (2048, 2048)

    def test_exits_when_an_instance_owns_what_the_map_gives_to_another(self, on_b):
        on_b("INSERT INTO shard_ownership VALUES (5, 'owned', 1)")
        try:
            with pytest.raises(SystemExit):
                shards("status")
        finally:
            on_b("DELETE FROM shard_ownership WHERE shard = 5")

    def test_exits_when_the_replay_of_a_replica_is_paused_also_with_nothing_to_replay(self, stack):
        with stack.paused_replay("a_replica1"), pytest.raises(SystemExit) as exit_code:
            shards("status")

        assert exit_code.value.code == 1

    def test_measures_a_replica_against_where_its_primary_is(self, stack):
        out = io.StringIO()
        with stack.paused_replay("a_replica1"):
            stack.run_sql("a", "SELECT pg_logical_emit_message(false, 'test', repeat('x', 100000))")
            stack.run_sql("a", "SELECT pg_switch_wal()")
            with pytest.raises(SystemExit):
                call_command("shards", "status", "--json", stdout=out)

        [replica] = [entry for entry in json.loads(out.getvalue()) if entry["role"] == "replica"]
        assert (replica["is_paused"], replica["is_well"]) == (True, False)
        assert replica["bytes_behind"] > 100000
        assert replica["seconds_behind"] > 0

    def test_tells_of_the_instances_also_when_the_directory_is_dead(self, stack):
        out = io.StringIO()
        stack.kill("directory")

        with pytest.raises(SystemExit):
            call_command("shards", "status", "--json", stdout=out)

        assert [(entry["alias"], entry["is_reachable"]) for entry in json.loads(out.getvalue())] == [
            ("default", False), ("a", True), ("a_replica1", True), ("b", True),
        ]  # fmt: skip

    def test_names_a_replica_that_takes_writes(self, monkeypatch):
        """As one does that was promoted: here the name leads to a primary."""
        primaries = {"default": connections["default"], "a": connections["a"], "b": connections["b"]}
        monkeypatch.setattr(status, "connections", primaries | {"a_replica1": connections["b"]})

        entries = {entry["alias"]: entry for entry in status.describe_databases()}

        assert entries["a_replica1"]["error"] == "it takes writes and is no replica any more: make it anew"
        assert not entries["a_replica1"]["is_well"]

    def test_exits_when_an_instance_is_dead(self, stack):
        stack.kill("b")

        with pytest.raises(SystemExit):
            shards("status")


class TestMigrate:
    def test_skips_what_is_current_at_two_statements_a_database(self):
        wanted = migrating.digest()

        with count_queries() as queries:
            stages = [migrating.stage_of(alias, wanted) for alias in migrating.aliases()]

        assert stages == ["current"] * 3
        assert queries.by_alias == {"default": 2, "a": 2, "b": 2}
        assert "3 databases are current (0 migrated)" in shards("migrate")

    def test_brings_one_that_is_behind_up_to_date(self, on_b):
        on_b("UPDATE schema_state SET digest = 'older'")

        assert shards("migrate", "--plan").split() == ["default:", "current", "a:", "current", "b:", "behind"]
        assert "(1 migrated)" in shards("migrate")
        assert migrating.stage_of("b", migrating.digest()) == "current"

    def test_continues_an_interrupted_run_only_when_told(self, on_b):
        on_b("UPDATE schema_state SET state = 'running'")

        with pytest.raises(CommandError, match="interrupted on b"):
            shards("migrate")
        assert "(1 migrated)" in shards("migrate", "--resume")

    def test_fails_on_drift(self):
        recorder = MigrationRecorder(connections["b"])
        recorder.record_applied("shardtests", "0099_from_the_future")
        try:
            with pytest.raises(CommandError, match="0099_from_the_future"):
                shards("migrate")
        finally:
            recorder.record_unapplied("shardtests", "0099_from_the_future")

    def test_says_what_its_role_may_not(self, on_b):
        on_b("SET ROLE pg_read_all_data")
        try:
            with pytest.raises(CommandError, match="permission denied for table shard_ownership"):
                shards("migrate")
        finally:
            on_b("RESET ROLE")

    def test_names_a_database_that_is_dead(self, stack):
        stack.kill("b")

        with pytest.raises(CommandError, match="the database b cannot be reached"):
            shards("migrate")


class TestDigest:
    @pytest.fixture
    def digest_of_copy(self, tmp_path, monkeypatch, settings):
        """Return the digest with a copy of one app's migrations, of which one file is another."""
        monkeypatch.syspath_prepend(tmp_path)

        def digest(package: str, name: str | None = None, text: str = "") -> str:
            shutil.copytree(Path(migrations.__file__).parent, tmp_path / package)
            if name:
                with (tmp_path / package / name).open("a") as file:
                    file.write(text)
            settings.MIGRATION_MODULES = {"shardtests": package}
            return migrating.digest()

        return digest

    def test_is_of_what_stands_in_the_files(self, digest_of_copy):
        same = migrating.digest()
        assert digest_of_copy("copied") == same
        others = {
            digest_of_copy("commented", "0001_initial.py", "# more\n"),
            digest_of_copy("with_sql", "fence_9.sql", "SELECT 1"),
            digest_of_copy("with_other_sql", "fence_9.sql", "SELECT 2"),
        }

        assert len(others | {same}) == 4
