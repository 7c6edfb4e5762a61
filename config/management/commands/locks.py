"""`manage.py locks`: refuse migrations that keep others waiting for a large table."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.management.locking import list_locking

_UNRELEASED = "before the first release, when nobody had filled the table"
# Each with the reason why it may.
ACCEPTED = {
    "accounts.0005_account_life": _UNRELEASED,
    "accounts.0008_reserved_words": _UNRELEASED,
    "accounts.0009_ended_grants": _UNRELEASED,
    "accounts.0010_address_claims": _UNRELEASED,
    "accounts.0015_audit_moved": _UNRELEASED,
    "graph.0003_closed_accounts": _UNRELEASED,
    "profiles.0002_kept_json": _UNRELEASED,
}


class Command(BaseCommand):
    """Hold the SQL of all migrations against squawk's rules about locks."""

    help = "Fail if a migration would lock a large table; no database is asked."
    # The SQL of a migration is what it is, whatever else is wrong with the tree.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell what is found, all of it at once."""
        if found := list_locking(set(ACCEPTED)):
            raise CommandError(
                "\n".join(found) + "\nDo it in steps (docs/migrations.md), or name it with "
                "the reason in config/management/commands/locks.py."
            )
        self.stdout.write("No migration keeps others waiting for a large table.")
