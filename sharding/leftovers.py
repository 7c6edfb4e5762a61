"""
Where words are left: all tables of all databases, read from end to end, whatever their columns are called.

For whoever proves that nothing of somebody is left. It asks no model, so it also sees what none knows.
"""

from collections.abc import Sequence

from django.db import connections
from django.db.backends.utils import CursorWrapper

from sharding import outages
from sharding.conf import settings

# Tables of ours in the order of their names, with those columns whose bytes a row's text shows in hex.
_TABLES = """
    SELECT t.relname, coalesce(array_agg(a.attname) FILTER (WHERE a.atttypid = 'bytea'::regtype), '{}')
    FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname = 'public' AND t.relkind = 'r' GROUP BY t.relname ORDER BY t.relname"""


def find_rows(words: Sequence[str]) -> dict[str, dict[str, int]]:
    """
    Count the rows that hold any of these words, by database and table; without those that have none.

    :raises InstanceUnavailable: if a database cannot be reached
    """
    found: dict[str, dict[str, int]] = {}
    for alias in (settings().directory, *settings().instances):
        with connections[alias].cursor() as cursor:
            cursor.execute(_TABLES)
            counts = {table: _count(cursor, table, binary, words) for table, binary in cursor.fetchall()}
        if counts := {table: count for table, count in counts.items() if count}:
            found[outages.name_of(alias)] = counts
    return found


def _count(cursor: CursorWrapper, table: str, binary: list[str], words: Sequence[str]) -> int:
    quote = cursor.db.ops.quote_name
    holds = ["strpos(held::text, word) > 0"]
    holds += [f"position(convert_to(word, 'UTF8') in held.{quote(column)}) > 0" for column in binary]
    cursor.execute(
        f"SELECT count(*) FROM {quote(table)} AS held WHERE EXISTS ("  # noqa: S608 - names of the catalog, quoted
        f"SELECT FROM unnest(%s::text[]) AS word WHERE {' OR '.join(holds)})",
        [list(words)],
    )
    return int(cursor.fetchone()[0])
