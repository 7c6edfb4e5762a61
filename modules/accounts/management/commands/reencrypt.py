"""`manage.py reencrypt`: the last step of a new secret key, after which earlier ones may go."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn

from modules.accounts.services.encryption import reencrypt_second_factors


class Command(BaseCommand):
    """Encrypt second factors under today's key."""

    help = (
        "Encrypt second factors under BANYAN_SECRET_KEY that one of BANYAN_SECRET_KEY_FALLBACKS encrypted; "
        "may be run at any time and again. Exits with 1 if some are readable by none of the keys."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how it is run and told."""
        parser.add_argument("--dry-run", action="store_true", help="say how many, and change nothing")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Do it, and tell how many there were."""
        console = Console(stderr=True)
        columns = TextColumn("second factors"), MofNCompleteColumn()
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
            task = bars.add_task("", total=None)
            changed, unreadable = reencrypt_second_factors(
                dry_run=dry_run, on_progress=lambda rows: bars.advance(task, rows)
            )
        if options["json"]:
            self.stdout.write(json.dumps({"reencrypted": changed, "unreadable": unreadable}))
        else:
            verb = "to encrypt anew" if dry_run else "encrypted anew"
            self.stdout.write(f"{changed} second factors {verb}, {unreadable} that no key reads.")
        if unreadable:
            sys.exit(1)
