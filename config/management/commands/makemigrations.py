"""`manage.py makemigrations`: Django's, which also fences each new sharded table."""

from typing import Any

from django.apps import apps
from django.core.management.commands import makemigrations
from django.db.migrations import CreateModel, Migration
from django.db.migrations.operations.base import Operation

from config.management.tidy import tidy
from sharding import pins
from sharding.fence import RESTS_ON, VERSION, AddFence


class Command(makemigrations.Command):
    """Write migrations in which no sharded table is without its fence."""

    # They would refuse the very model whose fence is about to be written (sharding.E006).
    requires_system_checks: list[str] = []

    def write_migration_files(self, changes: dict[str, list[Migration]], *args: Any, **options: Any) -> None:
        """Write what has changed, with a fence beside each sharded table that is created."""
        for label, migrations in changes.items():
            for migration in migrations:
                add_fences(label, migration)
        super().write_migration_files(changes, *args, **options)
        tidy(self.written_files)  # type: ignore[attr-defined]  # of Django's own command


def add_fences(label: str, migration: Migration) -> None:
    """Add to a migration the fences of the sharded tables that it creates, and what they rest on."""
    fences = [fence for operation in migration.operations if (fence := _fence_of(label, operation))]
    if not fences:
        return
    # Both are what one migration has, though its class declares them.
    setattr(migration, "operations", [*migration.operations, *fences])  # noqa: B010
    if RESTS_ON[VERSION] not in migration.dependencies:
        setattr(migration, "dependencies", [*migration.dependencies, RESTS_ON[VERSION]])  # noqa: B010


def _fence_of(label: str, operation: Operation) -> AddFence | None:
    """Return the fence of a table that is created here, if it is sharded."""
    if not isinstance(operation, CreateModel):
        return None
    model = apps.get_model(label, operation.name)  # noqa: TID251 - by the name that Django's state has
    if not pins.is_sharded(model):
        return None
    return AddFence(model.__name__, owner=model.owner_key, version=VERSION)
