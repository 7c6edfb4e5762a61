"""
The fence: the database itself refuses rows of shards that it does not own.

Every sharded table has statement-level AFTER triggers with transition tables: for each distinct shard that a
statement touched they take the shard's advisory lock, shared, *and then* read who owns it. A mover takes the
same lock exclusively, so refusal and cut-over are one primitive. `psql`, a stale process and a bug are
refused alike; replication apply fires no triggers, so an instance can receive a shard before it owns it.

Its SQL is frozen, version by version, in `migrations/fence_<version>.sql`: a migration names the version that
it puts up, so it does the same on an instance of today and on one that joins in a year.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.db import router
from django.db.migrations.operations.base import Operation, OperationCategory

#: The first key of the advisory locks; the second one is the shard.
LOCK_CLASS = 20250101

EVENTS = ("insert", "update", "delete")

#: What each version calls stands after this migration; the last version is the one to write today.
RESTS_ON = {1: ("sharding", "0001_initial"), 2: ("sharding", "0003_shard_of")}
VERSION = max(RESTS_ON)

_PARTS = re.compile(r"^-- part: (.+)\n", re.MULTILINE)


@cache
def _parts(version: int) -> dict[str, str]:
    """Return the SQL of a version by the names of its parts."""
    text = Path(__file__).with_name("migrations").joinpath(f"fence_{version}.sql").read_text()
    _, *found = _PARTS.split(text)
    return dict(zip(found[::2], found[1::2], strict=True))


class _FenceOperation(Operation):
    """What the operations have in common: a fenced model, on the instances."""

    reversible = True
    atomic = True

    def __init__(self, model_name: str, owner: str, version: int) -> None:
        self.model_name = model_name
        self.owner = owner
        self.version = version

    @property
    def model_name_lower(self) -> str:
        """The model's name as Django's state keys it."""
        return self.model_name.lower()

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing in Django's own state: the fence is the database's."""

    def references_model(self, name: str, app_label: str) -> bool:
        """Keep the operation behind its CreateModel."""
        return name.lower() == self.model_name_lower

    def _execute(
        self, schema_editor: Any, app_label: str, state: Any, version: int, parts: list[str]
    ) -> None:
        if self._is_for(schema_editor, app_label):
            table, owner, pk = self._names(app_label, state)
            known = _parts(version)
            sql = "".join(known[part] for part in parts if part != "id check" or pk is not None)
            schema_editor.execute(sql.format(table=table, owner=owner, pk=pk), params=None)

    def _is_for(self, schema_editor: Any, app_label: str) -> bool:
        alias = schema_editor.connection.alias
        return router.allow_migrate(alias, app_label, model_name=self.model_name_lower, placement="sharded")

    def _names(self, app_label: str, state: Any) -> tuple[str, str, str | None]:
        """Return the table, the owner's column, and the id's column where it is another one."""
        meta = state.apps.get_model(app_label, self.model_name)._meta
        owner = meta.get_field(self.owner).column
        pk = None if len(meta.pk_fields) > 1 or meta.pk.column == owner else meta.pk.column
        return meta.db_table, owner, pk


class AddFence(_FenceOperation):
    """
    Fence a sharded table, on the instances; a migration has one beside each CreateModel.

    `owner` is the owner key; `on` leaves out statements that may touch rows left behind by a move.
    """

    category = OperationCategory.ADDITION

    def __init__(self, model_name: str, owner: str, version: int, on: tuple[str, ...] = EVENTS) -> None:
        super().__init__(model_name, owner, version)
        self.on = tuple(on)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Fence the table."""
        parts = ["owner check", "id check", "function", *self.on, "truncate"]
        self._execute(schema_editor, app_label, to_state, self.version, parts)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Take the fence down."""
        if self._is_for(schema_editor, app_label):
            table, _, pk = self._names(app_label, from_state)
            schema_editor.execute(drop_sql(table, pk, self.on), params=None)

    def describe(self) -> str:
        """Say what this does."""
        return f"Fence {self.model_name} by {self.owner}"

    @property
    def migration_name_fragment(self) -> str:
        """The part of an automatic migration name."""
        return f"{self.model_name_lower}_fence"


class UpgradeFence(_FenceOperation):
    """
    Replace the function of a fence of version `version - 1` by that of `version`.

    Its checks and triggers are the same in both, so that no table is read or locked for long.
    """

    category = OperationCategory.ALTERATION

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Replace the function; writes that run meanwhile are refused by one of the two."""
        self._execute(schema_editor, app_label, to_state, self.version, ["function"])

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Put the older function back."""
        self._execute(schema_editor, app_label, from_state, self.version - 1, ["function"])

    def describe(self) -> str:
        """Say what this does."""
        return f"Bring the fence of {self.model_name} to version {self.version}"

    @property
    def migration_name_fragment(self) -> str:
        """The part of an automatic migration name."""
        return f"{self.model_name_lower}_fence_{self.version}"


def drop_sql(table: str, pk: str | None, on: tuple[str, ...]) -> str:
    """Return the SQL that takes a fence down: its names are the same in every version."""
    triggers = [f'DROP TRIGGER "fence_{event}" ON "{table}";' for event in (*on, "truncate")]
    checks = [
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_fence_{name}";'
        for name in ("owner", "id")
        if name == "owner" or pk is not None
    ]
    return "\n".join([*triggers, f'DROP FUNCTION "fence_{table}"();', *checks])
