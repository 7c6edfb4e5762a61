"""Which large tables are looked through as a whole while a test asks, and by which statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from django.db import connections
from django.db.utils import DatabaseError


class Asked:
    """What every database was asked by this thread."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, str, Any]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements.append((context["connection"].alias, str(sql), params))
        return execute(sql, params, many, context)

    def culprits(self, table: str) -> Iterator[str]:
        """Yield the statements whose plan, as of now, looks through a table, with that plan."""
        for alias, sql, params in {repr(one): one for one in self.statements if table in one[1]}.values():
            with suppress(DatabaseError), connections[alias].cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}", params)
                plan = "\n".join(line for (line,) in cursor.fetchall())
                if f"Seq Scan on {table}" in plan:
                    yield f"{alias}: {sql}\n{plan}"


@contextmanager
def watching() -> Iterator[Asked]:
    """Note what every database is asked by this thread while the block runs."""
    asked = Asked()
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(asked))
        yield asked


class Watch:
    """Counts how often the large tables were looked through, and tells by which statements."""

    def __init__(self, crowd: dict[str, list[str]]) -> None:
        self._large = {table for tables in crowd.values() for table in tables}
        self.found: dict[str, str] = {}

    @contextmanager
    def over(self, what: str) -> Iterator[None]:
        """Note each large table that is looked through while the block runs."""
        before = self._count()
        with watching() as asked:
            yield
        after = self._count()
        for table in {table for (alias, table) in after if after[alias, table] != before.get((alias, table))}:
            # Others tell late what they have done: who emptied these tables, say.
            if culprits := list(asked.culprits(table)):
                self.found[f"{what}: {table}"] = "\n".join(culprits)

    def _count(self) -> dict[tuple[str, str], int]:
        counted: dict[tuple[str, str], int] = {}
        for connection in connections.all():
            with connection.cursor() as cursor:
                # What a backend has counted it tells once a second at most, unless it is asked to.
                cursor.execute("SELECT pg_stat_force_next_flush()")
                cursor.execute("SELECT relname, seq_scan FROM pg_stat_user_tables")
                counted |= {
                    (connection.alias, table): scans
                    for table, scans in cursor.fetchall()
                    if table in self._large
                }
        return counted
