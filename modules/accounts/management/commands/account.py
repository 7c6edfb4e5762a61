"""`manage.py account`: suspend an account, lift that again, or show whether it is open."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modules.accounts.errors import AccountNotFound
from modules.accounts.selectors.identities import get_life
from modules.accounts.services.life import restore_account, suspend_account
from modules.kernel import clock


class Command(BaseCommand):
    """Close an account against its user's will, and open it."""

    help = "Suspend an account, restore it, or show whether it is open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do and with whom."""
        parser.add_argument("action", choices=["show", "suspend", "restore"])
        parser.add_argument("username")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, action: str, username: str, **options: Any) -> None:
        """Do it, then show what came of it."""
        try:
            user_id = get_life(username).id
            if action == "suspend":
                suspend_account(user_id, now=clock.now())
            elif action == "restore":
                restore_account(user_id)
            life = get_life(username)
        except AccountNotFound as refusal:
            raise CommandError(f"There is no account named {username}.") from refusal
        if options["json"]:
            self.stdout.write(life.json_bytes().decode())
            return
        for name, value in life.model_dump().items():
            self.stdout.write(f"{name:13} {'-' if value is None else value}")
