"""`manage.py usernames`: which usernames nobody may take."""

import json
import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modules.accounts.selectors.reserved import list_reserved
from modules.accounts.services.reserved import release_username, reserve_username

_CAN_BE = re.compile("[a-z0-9_]{3,30}")


class Command(BaseCommand):
    """List, reserve and release usernames."""

    help = "List the reserved usernames, reserve some, or release some."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to reserve, what to release."""
        parser.add_argument("--reserve", nargs="+", default=[], metavar="NAME")
        parser.add_argument("--release", nargs="+", default=[], metavar="NAME")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, reserve: list[str], release: list[str], **options: Any) -> None:
        """Change what was asked for, then list."""
        if impossible := [name for name in reserve if not _CAN_BE.fullmatch(name.lower())]:
            names = ", ".join(map(repr, impossible))
            raise CommandError(f"Nobody can be called {names}: 3 to 30 letters a-z, digits and _.")
        for name in reserve:
            reserve_username(name)
        for name in release:
            if not release_username(name):
                self.stderr.write(f"{name} was not reserved.")
        reserved = list_reserved()
        self.stdout.write(json.dumps(reserved) if options["json"] else "\n".join(reserved))
