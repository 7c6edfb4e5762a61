"""
The catalog: a database's functions, triggers and checks, held against those that its migrations left.

The last step of `shards migrate` writes them down in `schema_state.catalog`, by name and hash. So a function
that somebody replaced by hand is seen, and a trigger that is disabled, and two instances that the same
migrations left unlike. Extensions, and functions of other owners, are none of ours.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connections

from sharding.conf import settings

Hashes = dict[str, str]

_FOUND = """
WITH ours AS (SELECT relnamespace, relowner FROM pg_class WHERE oid = 'public.schema_state'::regclass),
tables AS (SELECT t.oid, t.relname FROM pg_class t JOIN ours USING (relnamespace, relowner)),
found (name, definition) AS (
    SELECT 'function ' || p.oid::regprocedure, pg_get_functiondef(p.oid)
    FROM pg_proc p JOIN ours ON (pronamespace, proowner) = (relnamespace, relowner)
    WHERE prokind IN ('f', 'p') AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
    UNION ALL
    SELECT 'trigger ' || relname || '.' || tgname, tgenabled::text || pg_get_triggerdef(g.oid)
    FROM pg_trigger g JOIN tables ON tables.oid = tgrelid WHERE NOT tgisinternal
    UNION ALL
    SELECT 'check ' || relname || '.' || conname, pg_get_constraintdef(c.oid)
    FROM pg_constraint c JOIN tables ON tables.oid = conrelid WHERE contype = 'c'
),
catalog AS (
    SELECT jsonb_object_agg(name, encode(sha256(convert_to(definition, 'UTF8')), 'hex')) AS hashes FROM found)
"""
# By way of jsonb, which does not mind that an older schema lacks the column.
_READ = f"{_FOUND} SELECT to_jsonb(s) -> 'catalog', hashes FROM catalog LEFT JOIN schema_state s ON true"  # noqa: S608 - of constants
_RECORD = f"{_FOUND} UPDATE schema_state SET catalog = hashes FROM catalog"  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class Catalog:
    """What migrations left, None where that was never written down, and what is there now."""

    recorded: Hashes | None
    found: Hashes

    def list_changes(self) -> list[str]:
        """Return what was done since the last migration, and by none."""
        if self.recorded is None:
            return []
        return [
            f"{_change_of(name, self.recorded, self.found)} {name}"
            for name in _differing([self.recorded, self.found])
        ]


def read(alias: str) -> Catalog:
    """
    Return a database's catalog, at the price of one query; it must have its `schema_state`.

    :raises InstanceUnavailable: if it cannot be reached
    """
    with connections[alias].cursor() as cursor:
        cursor.execute(_READ)
        row = cursor.fetchone()
    recorded, found = (json.loads(hashes or "null") for hashes in row)
    return Catalog(recorded, found or {})


def record(alias: str) -> None:
    """Write down what a database has now as what its migrations left."""
    with connections[alias].cursor() as cursor:
        cursor.execute(_RECORD)


def list_drift(catalogs: Mapping[str, Catalog]) -> dict[str, list[str]]:
    """Return, for each database, what changed since its migrations and what these left unlike elsewhere."""
    instances = {alias: known for alias, known in catalogs.items() if alias in settings().instances}
    unlike = [f"not the same on all instances: {name}" for name in _unlike(instances)]
    return {
        alias: known.list_changes() + (unlike if alias in instances else [])
        for alias, known in catalogs.items()
    }


def _unlike(instances: Mapping[str, Catalog]) -> list[str]:
    """Compare what was left, not what is there: else one that was changed accuses those that were not."""
    return _differing([known.recorded for known in instances.values() if known.recorded is not None])


def _differing(sides: list[Hashes]) -> list[str]:
    names = {name for side in sides for name in side}
    return sorted(name for name in names if len({side.get(name) for side in sides}) > 1)


def _change_of(name: str, recorded: Hashes, found: Hashes) -> str:
    if name not in found:
        return "missing"
    return "changed" if name in recorded else "added"
