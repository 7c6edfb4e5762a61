"""
The fence: the database itself refuses rows of shards that it does not own.

Every sharded table has statement-level AFTER triggers with transition tables: for each distinct shard that a
statement touched they take the shard's advisory lock, shared, *and then* read who owns it. A mover takes the
same lock exclusively, so refusal and cut-over are one primitive. `psql`, a stale process and a bug are
refused alike; replication apply fires no triggers, so an instance can receive a shard before it owns it.
"""

from typing import Any

from django.db import router
from django.db.migrations.operations.base import Operation, OperationCategory

#: The first key of the advisory locks; the second one is the shard.
LOCK_CLASS = 20250101
#: Set to "on" for a session or a database, it lets TRUNCATE pass; for throwaway stacks only.
TRUNCATE_GUC = "banyan.allow_truncate"

EVENTS = ("insert", "update", "delete")

_TRANSITIONS = {
    "insert": "NEW TABLE AS fence_new",
    "update": "OLD TABLE AS fence_old NEW TABLE AS fence_new",
    "delete": "OLD TABLE AS fence_old",
}

# The isolation is checked because a snapshot older than the lock would read an ownership that is gone.
FUNCTIONS_SQL = f"""
CREATE FUNCTION fence_enter(wanted int) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $fence$
DECLARE
    found_epoch bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'sharded tables are written at READ COMMITTED only';
    END IF;
    PERFORM pg_advisory_xact_lock_shared({LOCK_CLASS}, wanted);
    SELECT epoch INTO found_epoch FROM public.shard_ownership WHERE shard = wanted AND state = 'owned';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'shard % is not owned here', wanted USING ERRCODE = 'BN001';
    END IF;
    RETURN found_epoch;
END $fence$;

CREATE FUNCTION fence_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $fence$
BEGIN
    IF coalesce(current_setting('{TRUNCATE_GUC}', true), '') <> 'on' THEN
        RAISE EXCEPTION 'TRUNCATE of % would take other owners'' rows with it', TG_TABLE_NAME
            USING ERRCODE = 'BN002';
    END IF;
    RETURN NULL;
END $fence$;
"""  # noqa: S608 - constants of this module

DROP_FUNCTIONS_SQL = """
DROP FUNCTION fence_refuse_truncate();
DROP FUNCTION fence_enter(int);
"""


def add_sql(table: str, owner: str, pk: str | None, on: tuple[str, ...] = EVENTS) -> str:
    """Return the SQL that fences a table: its checks, its trigger function, its triggers."""
    return "\n".join([_checks(table, owner, pk), _function(table, owner), *_triggers(table, on)])


def drop_sql(table: str, pk: str | None, on: tuple[str, ...] = EVENTS) -> str:
    """Return the SQL that undoes `add_sql`."""
    triggers = [f'DROP TRIGGER "fence_{event}" ON "{table}";' for event in (*on, "truncate")]
    checks = [f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}";' for name, _ in _check_names(table, "", pk)]
    return "\n".join([*triggers, f'DROP FUNCTION "fence_{table}"();', *checks])


def _check_names(table: str, owner: str, pk: str | None) -> list[tuple[str, str]]:
    checks = [(f"{table}_fence_owner", f'"{owner}" > 0')]
    if pk is not None:
        checks.append(
            (f"{table}_fence_id", f'"{pk}" > 0 AND ("{pk}" >> 10) & 4095 = ("{owner}" >> 10) & 4095')
        )
    return checks


def _checks(table: str, owner: str, pk: str | None) -> str:
    return "\n".join(
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" CHECK ({condition});'
        for name, condition in _check_names(table, owner, pk)
    )


def _function(table: str, owner: str) -> str:
    def require(*sources: str) -> str:
        rows = " UNION ".join(
            f'SELECT (("{owner}" >> 10) & 4095)::int AS shard FROM {source}'  # noqa: S608 - names from models
            for source in sources
        )
        # Sorted, so that two statements lock in one order; DISTINCT, so that many rows ask once a shard.
        return f"PERFORM public.fence_enter(shard) FROM (SELECT DISTINCT shard FROM ({rows}) r ORDER BY 1) s;"  # noqa: S608

    return f"""
CREATE FUNCTION "fence_{table}"() RETURNS trigger LANGUAGE plpgsql AS $fence$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {require("fence_new")}
    ELSIF TG_OP = 'UPDATE' THEN
        {require("fence_old", "fence_new")}
    ELSE
        {require("fence_old")}
    END IF;
    RETURN NULL;
END $fence$;"""


def _triggers(table: str, on: tuple[str, ...]) -> list[str]:
    fences = [
        f'CREATE TRIGGER "fence_{event}" AFTER {event.upper()} ON "{table}"'
        f" REFERENCING {_TRANSITIONS[event]}"
        f' FOR EACH STATEMENT EXECUTE FUNCTION "fence_{table}"();'
        for event in on
    ]
    truncate = f'CREATE TRIGGER "fence_truncate" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT'
    return [*fences, f"{truncate} EXECUTE FUNCTION fence_refuse_truncate();"]


class AddFence(Operation):
    """
    Fence a sharded table, on the instances; a migration has one beside each CreateModel.

    `owner` is the owner key; `on` leaves out statements that may touch rows left behind by a move.
    """

    category = OperationCategory.ADDITION
    reversible = True
    atomic = True

    def __init__(self, model_name: str, owner: str, on: tuple[str, ...] = EVENTS) -> None:
        self.model_name = model_name
        self.owner = owner
        self.on = tuple(on)

    @property
    def model_name_lower(self) -> str:
        """The model's name as Django's state keys it."""
        return self.model_name.lower()

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing in Django's own state: the fence is the database's."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Fence the table."""
        if self._is_for(schema_editor, app_label):
            schema_editor.execute(add_sql(*self._names(app_label, to_state), self.on), params=None)

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

    def references_model(self, name: str, app_label: str) -> bool:
        """Keep the operation behind its CreateModel."""
        return name.lower() == self.model_name_lower

    def _is_for(self, schema_editor: Any, app_label: str) -> bool:
        alias = schema_editor.connection.alias
        return router.allow_migrate(alias, app_label, model_name=self.model_name_lower, placement="sharded")

    def _names(self, app_label: str, state: Any) -> tuple[str, str, str | None]:
        """Return the table, the owner's column, and the id's column where it is another one."""
        meta = state.apps.get_model(app_label, self.model_name)._meta
        owner = meta.get_field(self.owner).column
        pk = None if len(meta.pk_fields) > 1 or meta.pk.column == owner else meta.pk.column
        return meta.db_table, owner, pk
