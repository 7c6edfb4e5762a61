"""`manage.py verify_demo`: does the system say what the file says?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from config.management.commands.demo import add_source_arguments, read_source
from deploy.demo.verify import NotLoaded, verify, verify_followers

SHOWN = 10


class Command(BaseCommand):
    """Compare counts and homes with the answer computed from the source; exit 1 if they differ."""

    help = "Compare everybody's follower count, and 200 people's counts and homes, with the source."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_source_arguments(parser)
        parser.add_argument("--people", type=int, default=200, help="whose homes to compare (default: 200)")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["people"] < 1:
            raise CommandError("--people: at least 1.")
        source = read_source(options["follows"], options["texts"], options["users"])
        console = Console(stderr=options["json"])
        try:
            differences = verify_followers(source, console)
            compared, of_homes = verify(source, options["people"], console)
        except NotLoaded:
            raise CommandError(
                "This source is not loaded. Run: manage.py demo with the same files."
            ) from None
        differences += of_homes
        if options["json"]:
            found = {"compared": compared, "differences": [asdict(each) for each in differences]}
            self.stdout.write(json.dumps(found, default=str, indent=2))
        else:
            self._tell(source.users, dict(compared), differences)
        if differences:
            raise CommandError(f"{len(differences)} differences.")

    def _tell(self, users: int, compared: dict[str, int], differences: list[Any]) -> None:
        for each in differences[:SHOWN]:
            self.stdout.write(f"{each.username} on {each.instance}: {each.what}:")
            self.stdout.write(f"    expected {each.expected}, found {each.found}")
        homes = ", ".join(f"{count} on {alias}" for alias, count in sorted(compared.items()))
        if not differences:
            self.stdout.write(f"All {users:,} follower counts agree; so do the counts and homes of {homes}.")
