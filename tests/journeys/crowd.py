"""A crowd: thousands of rows of strangers in every table, written in bulk and by nothing but the catalog."""

from __future__ import annotations

from django.db import connections

from sharding.conf import settings

# So many that a look at each of them is never the cheapest way to a few.
ROWS = 2_000

# A copy of somebody else's rows: neither fence nor foreign keys are asked.
_OPEN = "SET session_replication_role = replica"
_COLUMNS = """
    SELECT table_name, column_name, data_type, character_maximum_length, ordinal_position
    FROM information_schema.columns
    WHERE table_schema = 'public' AND is_generated = 'NEVER' AND is_nullable = 'NO'
        AND table_name NOT IN (SELECT table_name FROM information_schema.views WHERE table_schema = 'public')
    ORDER BY table_name, ordinal_position"""
# What waits there for a moment is work: somebody would do it.
_QUEUES = {"outbox_event", "outbox_delivery", "accounts_mail"}
_FILL = """
    INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
    SELECT {values} FROM generate_series(1, {rows}) AS n"""

# A stranger's id: minted a second apart, in the shards of the instance, no two in one row.
_ID = "((((1000000 + n)::bigint * 1000) << 22) | (({first} + n % {shards})::bigint << 10)) + {at}"
_VALUES = {
    "bigint": _ID,
    "integer": "n",
    "smallint": "0",
    "boolean": "false",
    "text": "'stranger' || n",
    "character varying": "left('stranger' || n, {length})",
    "timestamp with time zone": "now() - n * interval '1 minute'",
    "jsonb": "'{{}}'",
    "uuid": "gen_random_uuid()",
    "bytea": "int4send(n)",
    "inet": "'10.0.0.1'",
    "ARRAY": "'{{}}'",
}


def fill() -> dict[str, list[str]]:
    """Fill every table that a fresh database leaves empty; return their names by database."""
    return {alias: _fill(alias) for alias in ("default", *settings().instances)}


def _fill(alias: str) -> list[str]:
    first, shards = _shards_of(alias)
    filled = []
    with connections[alias].cursor() as cursor:
        cursor.execute(_OPEN)
        cursor.execute(_COLUMNS)
        tables: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind, length, at in cursor.fetchall():
            value = _VALUES[kind].format(first=first, shards=shards, length=length or 100, at=at)
            tables.setdefault(table, []).append((f'"{column}"', value))
        for table, columns in tables.items():
            cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
            if table in _QUEUES or cursor.fetchone():
                continue
            names, values = (", ".join(part) for part in zip(*columns, strict=True))
            cursor.execute(_FILL.format(table=f'"{table}"', columns=names, values=values, rows=ROWS))
            filled.append(table)
        cursor.execute("RESET session_replication_role")
        cursor.execute("ANALYZE")
    return filled


def _shards_of(alias: str) -> tuple[int, int]:
    """Return the first shard of an instance and how many it has; of the directory, all."""
    instances = list(settings().instances)
    if alias not in instances:
        return 0, 4096
    share = 4096 // len(instances)
    return instances.index(alias) * share, share
