"""`manage.py freeze`: list new migrations by what is in them, refuse listed ones that changed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.env import ROOT
from config.management import frozen


class Command(BaseCommand):
    """Keep `config/migrations.sha256` in step with the migrations, which only ever become more."""

    help = "Freeze new migrations; fail if one that was frozen has changed."
    # A migration is frozen by its text, whatever else is wrong with the tree.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the option."""
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail on what is not listed, too"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Compare, and add what is new."""
        listed, found = frozen.read_list(ROOT), frozen.hash_files(ROOT)
        broken, new = frozen.list_broken(listed, found), sorted(found.keys() - listed)
        if broken:
            raise CommandError(
                f"Not what was frozen: {', '.join(broken)}.\n"
                "Databases may have run it as it was: put it back, and write another migration. Only if it"
                f" has never left your branch, take its line out of {frozen.LIST} and run: make migrations"
            )
        if check and new:
            raise CommandError(f"Not frozen yet: {', '.join(new)}. Run: make migrations")
        if new:
            frozen.write_list(ROOT, listed | found)
        self.stdout.write(f"{len(found)} files of migrations are frozen ({len(new)} of them now).")
