"""Drift: what was done to a database behind its migrations' back, asked of real instances."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from sharding import catalog, migrating
from sharding.testing import count_queries

pytestmark = pytest.mark.django_db

Execute = Callable[..., Any]

HOLE = """
    CREATE OR REPLACE FUNCTION fence_enter(wanted int) RETURNS bigint LANGUAGE plpgsql VOLATILE AS
    'BEGIN RETURN 1; END'"""


def shards(*words: str) -> str:
    out = io.StringIO()
    call_command("shards", *words, stdout=out)
    return out.getvalue()


def status() -> tuple[int, dict[str, list[str]]]:
    """Return the exit code and what is not well: alias and why."""
    out = io.StringIO()
    code = 0
    try:
        call_command("shards", "status", "--json", stdout=out)
    except SystemExit as end:
        code = int(str(end.code))
    entries = json.loads(out.getvalue())
    return code, {entry["alias"]: entry["drift"] for entry in entries if not entry["is_well"]}


@pytest.fixture
def psql() -> Iterator[Callable[..., None]]:
    """`psql(alias, do, undo)`: do it now; undo it after the test."""
    with ExitStack() as undone:

        def run(alias: str, do: str, undo: str) -> None:
            undone.callback(execute, alias, undo)
            execute(alias, do)

        yield run


def execute(alias: str, statement: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)


def definition_of(alias: str, function: str) -> str:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regprocedure)", [function])
        found: str = cursor.fetchone()[0]
    return found


CHANGES = [
    pytest.param(HOLE, None, ["changed function fence_enter(integer)"], id="a function replaced"),
    pytest.param(
        "ALTER TABLE shardtests_note DISABLE TRIGGER fence_update",
        "ALTER TABLE shardtests_note ENABLE TRIGGER fence_update",
        ["changed trigger shardtests_note.fence_update"],
        id="a trigger disabled",
    ),
    pytest.param(
        "ALTER TABLE shardtests_note RENAME CONSTRAINT shardtests_note_fence_id TO x",
        "ALTER TABLE shardtests_note RENAME CONSTRAINT x TO shardtests_note_fence_id",
        ["missing check shardtests_note.shardtests_note_fence_id", "added check shardtests_note.x"],
        id="a check lost",
    ),
    pytest.param(
        "CREATE FUNCTION fence_enter(wanted text) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "DROP FUNCTION fence_enter(text)",
        ["added function fence_enter(text)"],
        id="a function added",
    ),
]


class TestDrift:
    @pytest.mark.parametrize(("do", "undo", "lines"), CHANGES)
    def test_is_what_no_migration_did(self, psql, do, undo, lines):
        psql("b", do, undo or definition_of("b", "fence_enter(int)"))

        assert status() == (1, {"b": lines})
        with pytest.raises(CommandError) as refusal:
            shards("migrate")
        assert str(refusal.value).splitlines()[1:] == [f"b: {line}" for line in lines]

    def test_is_found_in_the_directory(self, psql):
        function = "shard_of(bigint)"
        hole = "CREATE OR REPLACE FUNCTION shard_of(id bigint) RETURNS int LANGUAGE sql AS 'SELECT 0'"
        psql("default", hole, definition_of("default", function))

        assert status() == (1, {"default": [f"changed function {function}"]})

    def test_is_gone_when_it_was_put_back(self, psql):
        before = definition_of("b", "fence_enter(int)")
        psql("b", HOLE, before)
        execute("b", before)

        assert status() == (0, {})
        assert "3 databases are current (0 migrated)" in shards("migrate")

    def test_is_not_written_down_as_migrated(self, psql):
        psql("b", HOLE, definition_of("b", "fence_enter(int)"))
        psql("b", "UPDATE schema_state SET digest = 'older'", _restoring("b"))

        with pytest.raises(CommandError, match="b: changed function fence_enter"):
            shards("migrate")

        assert catalog.read("b").recorded == catalog.read("a").recorded

    def test_is_what_migrations_left_unlike(self, psql):
        # As if the instances had been migrated by two versions of one migration.
        psql("b", HOLE, definition_of("b", "fence_enter(int)"))
        psql("b", "UPDATE schema_state SET catalog = NULL", _restoring("b"))
        line = "not the same on all instances: function fence_enter(integer)"

        with pytest.raises(CommandError, match=r"(?s)a: not the same .*b: not the same"):
            shards("migrate")

        assert status() == (1, {"a": [line], "b": [line]})

    def test_knows_neither_extensions_nor_what_others_own(self, psql):
        psql("b", "CREATE EXTENSION pg_trgm", "DROP EXTENSION pg_trgm")
        psql("b", "CREATE ROLE monitor", "DROP ROLE monitor")
        psql(
            "b",
            "CREATE FUNCTION their_own() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "DROP FUNCTION their_own()",
        )
        execute("b", "ALTER FUNCTION their_own() OWNER TO monitor")

        assert status() == (0, {})


class TestRecord:
    def test_is_made_up_for_where_there_is_none(self, psql):
        psql("b", "UPDATE schema_state SET catalog = NULL", _restoring("b"))

        assert "(1 migrated)" in shards("migrate")
        assert catalog.read("b").recorded == catalog.read("a").recorded

    def test_is_not_asked_for_where_an_older_version_migrated(self, psql):
        rename = "ALTER TABLE schema_state RENAME {} TO {}"
        psql("b", rename.format("catalog", "later"), rename.format("later", "catalog"))

        assert (migrating.stage_of("b", migrating.digest()), catalog.read("b").list_changes()) == (
            "behind",
            [],
        )

    def test_costs_one_statement_to_compare(self):
        with count_queries() as queries:
            found = {alias: catalog.read(alias) for alias in migrating.aliases()}

        assert queries.by_alias == {"default": 1, "a": 1, "b": 1}
        assert [known.list_changes() for known in found.values()] == [[], [], []]

    def test_holds_the_fences_of_instances_and_none_of_the_directory(self):
        found = {alias: set(catalog.read(alias).found) for alias in ("a", "default")}
        fence = {
            "function fence_enter(integer)",
            "function fence_shardtests_note()",
            "trigger shardtests_note.fence_insert",
            "trigger shardtests_note.fence_truncate",
            "check shardtests_note.shardtests_note_fence_id",
        }

        assert (fence - found["a"], fence & found["default"]) == (set(), set())
        assert {"function shard_of(bigint)", "function once_enter(bigint,text,text,bytea,integer)"} < found[
            "default"
        ]


def _restoring(alias: str) -> str:
    """Return the statement that puts the row of `schema_state` back."""
    columns = "digest = %%L, catalog = %%L"
    with connections[alias].cursor() as cursor:
        cursor.execute(
            f"SELECT format('UPDATE schema_state SET {columns}', digest, catalog) FROM schema_state", []
        )
        found: str = cursor.fetchone()[0]
    return found
