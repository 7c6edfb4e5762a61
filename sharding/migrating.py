"""Migrating: bring one database to the schema of the code, and tell how far each one is."""

import hashlib
import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from sharding import catalog
from sharding.backend import deadline
from sharding.conf import settings
from sharding.fence import LOCK_CLASS

#: The second key of the migration's session lock: one past the last shard.
_LOCK = 4096

#: alias, migrations applied, migrations to apply, the name of the one just applied
Report = Callable[[str, int, int, str], None]

CURRENT, BEHIND, INTERRUPTED, EMPTY = "current", "behind", "interrupted", "empty"


def aliases() -> tuple[str, ...]:
    """Return the databases that migrate, the directory first; replicas follow their primaries."""
    return (settings().directory, *settings().instances)


def digest() -> str:
    """Return the digest of all migrations: names, dependencies, and what stands in their files."""
    loader = MigrationLoader(None)
    files = {key: _file_of(loader.graph.nodes[key]) for key in sorted(loader.graph.nodes)}
    lines = [f"{key}<{sorted(map(str, loader.graph.node_map[key].parents))}" for key in files]
    # The SQL beside them is theirs.
    beside = sorted(
        sql for folder in {file.parent for file in files.values()} for sql in folder.glob("*.sql")
    )
    found = hashlib.sha256("\n".join(lines).encode())
    for file in (*files.values(), *beside):
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def _file_of(migration: Any) -> Path:
    return Path(inspect.getfile(import_module(migration.__module__)))


def stage_of(alias: str, wanted: str) -> str:
    """
    Return how far a database is, at the price of one query.

    :raises InstanceUnavailable: if it cannot be reached
    """
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.schema_state') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return EMPTY
        cursor.execute("SELECT state, digest, to_jsonb(s) -> 'catalog' <> 'null' FROM schema_state s")
        row = cursor.fetchone()
    if row is None:
        return BEHIND
    state, found, is_recorded = row
    if state == "running":
        return INTERRUPTED
    return CURRENT if found == wanted and is_recorded else BEHIND


def list_pending(alias: str) -> list[str]:
    """Return the names of the migrations that a database lacks, in the order they would run."""
    executor = MigrationExecutor(connections[alias])
    return [str(migration) for migration, _ in executor.migration_plan(_leaves(executor))]


@deadline.lifted()
def migrate_database(alias: str, wanted: str, report: Report) -> None:
    """Apply what a database lacks; one run at a time, others wait. The connection is closed afterwards."""
    connection = connections[alias]
    try:
        with connection.cursor() as cursor:
            # A migration may take as long as it takes, but never queues behind a long transaction, and
            # everybody behind it.
            cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, _LOCK])
            cursor.execute("SET lock_timeout = '10s'")
        _apply(alias, report)
        catalog.record(alias)
        _mark(alias, "done", wanted)
    finally:
        connection.close()


def list_drift() -> dict[str, list[str]]:
    """
    Return how databases differ from the code, from what migrations left, and from each other.

    :raises InstanceUnavailable: if one cannot be reached
    """
    drift = catalog.list_drift({alias: catalog.read(alias) for alias in aliases()})
    found = {alias: _list_strays(alias) + lines for alias, lines in drift.items()}
    return {alias: lines for alias, lines in found.items() if lines}


def _list_strays(alias: str) -> list[str]:
    """Return the migrations that are not both applied and in the code."""
    loader = MigrationLoader(connections[alias])
    known, applied = set(loader.graph.nodes), set(loader.applied_migrations)
    # What a squashed migration replaced is applied and no node: its app still is one.
    replaced = {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    apps = {label for label, _ in known}
    missing = sorted(f"not applied: {label}.{name}" for label, name in known - applied)
    unknown = (key for key in applied - known - replaced if key[0] in apps)
    return [*missing, *sorted(f"applied, but unknown: {label}.{name}" for label, name in unknown)]


def _leaves(executor: MigrationExecutor) -> list[tuple[str, str]]:
    return sorted(executor.loader.graph.leaf_nodes())


def _own_leaves(executor: MigrationExecutor) -> list[tuple[str, str]]:
    return [leaf for leaf in _leaves(executor) if leaf[0] == "sharding"]


def _apply(alias: str, report: Report) -> None:
    """Apply what is pending: this package first, since the fences of all others call its functions."""
    executor = MigrationExecutor(connections[alias])
    executor.loader.check_consistent_history(connections[alias])
    counted = _Counter(alias, len(executor.migration_plan(_leaves(executor))), report)
    for targets in (_own_leaves, _leaves):
        executor = MigrationExecutor(connections[alias], progress_callback=counted.count)
        plan = executor.migration_plan(targets(executor))
        if plan:
            _mark(alias, "running", "")
            _run(executor, alias, targets(executor), plan)


class _Counter:
    """Counts the migrations of one database and tells the report."""

    def __init__(self, alias: str, total: int, report: Report) -> None:
        self._alias, self._total, self._report = alias, total, report
        self._done = 0

    def count(self, action: str, migration: Any = None, fake: Any = False, /) -> None:
        """Count one; Django calls this around each migration."""
        if action == "apply_success":
            self._done += 1
            _mark(self._alias, "running", "")
            self._report(self._alias, self._done, self._total, str(migration))


def _run(executor: MigrationExecutor, alias: str, targets: Any, plan: Any) -> None:
    state = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]
    is_directory = alias == settings().directory
    if is_directory:  # content types and permissions are the directory's
        emit_pre_migrate_signal(0, False, alias, apps=state.apps, plan=plan)
    state = executor.migrate(targets, plan=plan, state=state.clone())
    if is_directory:
        emit_post_migrate_signal(0, False, alias, apps=state.apps, plan=plan)


def _mark(alias: str, state: str, value: str) -> None:
    """Write down how far this database is; before its first migration there is nowhere to."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.schema_state') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return
        cursor.execute(
            "INSERT INTO schema_state (id, state, digest) VALUES (1, %s, %s) ON CONFLICT (id)"
            " DO UPDATE SET state = excluded.state, digest = excluded.digest, changed_at = now()",
            [state, value],
        )
