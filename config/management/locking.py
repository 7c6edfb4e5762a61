"""
What migrations do to tables that are in use, as squawk finds it in their SQL.

A migration that rewrites a large table, or builds an index on it in the usual way, holds a lock meanwhile:
whoever writes there waits, and hears 503 after half a second. docs/migrations.md tells how to do it in steps.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from config.settings.contexts import CONTEXTS
from sharding import migrating

APPS = ("sharding", *CONTEXTS)
# Not about locks: shapes that are decided in models, and time-outs that sharding/migrating.py sets for all.
_NOT_ASKED = (
    *("prefer-bigint-over-int", "prefer-bigint-over-smallint", "prefer-text-field", "prefer-robust-stmts"),
    *("require-lock-timeout", "require-statement-timeout", "prefer-identity", "prefer-timestamptz"),
)
_VERSION = 18


def list_locking(accepted: set[str]) -> list[str]:
    """
    Return what locks or breaks in the project's migrations, a line each, but for those that are accepted.

    No database is asked: the SQL is what Django would run on the directory and on an instance.
    """
    loader = MigrationLoader(None)
    asked = {name: text for name, text in _read_sql(loader).items() if name not in accepted}
    # What has `atomic = False` runs outside of one, as indexes that are built concurrently must.
    alone = {f"{label}.{name}" for (label, name), each in loader.graph.nodes.items() if not each.atomic}
    together = {name: text for name, text in asked.items() if name not in alone}
    rest = {name: text for name, text in asked.items() if name in alone}
    return _squawk(together, "--assume-in-transaction") + _squawk(rest)


def _squawk(asked: Mapping[str, str], *words: str) -> list[str]:
    if not asked:
        return []
    with tempfile.TemporaryDirectory() as folder:
        for name, text in asked.items():
            (Path(folder) / f"{name}.sql").write_text(text)
        return _run_squawk(folder, words)


def _run_squawk(folder: str, more: Sequence[str]) -> list[str]:
    squawk = Path(sys.executable).with_name("squawk")
    words = [str(squawk), "--reporter", "json", "--pg-version", str(_VERSION), *more]
    excluded = [word for rule in _NOT_ASKED for word in ("--exclude", rule)]
    files = sorted(map(str, Path(folder).iterdir()))
    ran = subprocess.run([*words, *excluded, *files], capture_output=True, text=True, check=False)  # noqa: S603
    found = json.loads(ran.stdout)
    return [
        f"{Path(each['file']).stem}: {each['message']} {each.get('help') or ''} ({each['rule_name']})"
        for each in found
    ]


def _read_sql(loader: MigrationLoader) -> dict[str, str]:
    """Return the SQL of each migration: of the directory first, then of an instance."""
    keys = [key for key in sorted(loader.graph.nodes) if key[0] in APPS]
    lines: dict[str, list[str]] = {f"{label}.{name}": [] for label, name in keys}
    for alias in migrating.aliases()[:2]:
        with _schema_editors(alias) as edit:
            for key in keys:
                lines[".".join(key)] += edit(loader, key)
    return {name: "\n".join(dict.fromkeys(found)) for name, found in lines.items()}


@contextmanager
def _schema_editors(alias: str) -> Iterator[Any]:
    """Give what writes down the SQL of a migration, without the connection that Django would open for it."""
    connection: Any = connections[alias]
    composed = connection.ops.compose_sql
    connection.__dict__["pg_version"] = _VERSION * 10_000
    connection.ops.compose_sql = lambda text, params: str(text) % tuple(map(_literal, params))

    def edit(loader: MigrationLoader, key: tuple[str, str]) -> list[str]:
        editor: BaseDatabaseSchemaEditor = connection.schema_editor(collect_sql=True, atomic=False)
        with editor:
            editor.atomic_migration = True  # else each step would begin a transaction
            try:
                loader.graph.nodes[key].apply(
                    loader.project_state(key, at_end=False), editor, collect_sql=True
                )
            finally:
                editor.atomic_migration = False
        return list(editor.collected_sql)

    try:
        yield edit
    finally:
        connection.ops.compose_sql = composed
        del connection.__dict__["pg_version"]


def _literal(value: object) -> str:
    return sql.Literal(value).as_string(None)
