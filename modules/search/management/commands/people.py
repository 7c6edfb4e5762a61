"""`manage.py people`: whether everybody is found by what they are called, and how that is put right."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from modules.search.services.people import rebuild_people

_EVERY = 10_000


class Command(BaseCommand):
    """Compare what people are found by with their accounts and profiles, and make them agree."""

    help = "Rebuild what people are found by, from accounts and profiles; may run beside everything."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether to write, and for whom to print."""
        parser.add_argument("--dry-run", action="store_true", help="say how many rows differ, write nothing")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Go through all accounts, telling how far."""
        self._done = self._told = 0
        people, changed = rebuild_people(is_dry=dry_run, on_progress=None if options["json"] else self._tell)
        if options["json"]:
            self.stdout.write(json.dumps({"people": people, "changed": changed, "dry_run": dry_run}))
        else:
            done = "would change" if dry_run else "changed"
            self.stdout.write(f"{people:,} people, {changed:,} rows {done}.")

    def _tell(self, more: int) -> None:
        """Print a line now and then; on a terminal the same line again."""
        self._done += more
        if self.stderr.isatty():
            self.stderr.write(f"\r{self._done:,} people", ending="")
        elif self._done - self._told >= _EVERY:
            self._told = self._done
            self.stderr.write(f"{self._done:,} people")
