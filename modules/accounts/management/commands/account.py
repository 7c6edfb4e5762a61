"""`manage.py account`: show an account, suspend and restore it, give it roles and take them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modules.accounts.errors import AccountNotFound
from modules.accounts.schemas import AccountStatus
from modules.accounts.selectors.identities import find_account_status, get_account_status
from modules.accounts.services.account_status import restore_account, suspend_account
from modules.accounts.services.accounts import set_roles
from modules.kernel import clock
from modules.kernel.principals import OPERATOR


class Command(BaseCommand):
    """What an operator may do to an account that its user may not."""

    help = "Show an account, suspend or restore it, give it a role or take one; a change ends its sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do and with whom."""
        parser.add_argument("action", choices=["show", "suspend", "restore", "promote", "demote"])
        parser.add_argument("account", help="a username, an id or an address of mail")
        parser.add_argument("--role", choices=[OPERATOR], default=OPERATOR, help="of promote and demote")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, action: str, account: str, role: str, **options: Any) -> None:
        """Do it, then show what came of it."""
        try:
            known = find_account_status(account)
            _act(action, known, role)
            life = get_account_status(known.username)
        except AccountNotFound as refusal:
            raise CommandError(f"There is no account with this name, id or address: {account}.") from refusal
        if options["json"]:
            self.stdout.write(life.json_bytes().decode())
            return
        for name, value in life.model_dump().items():
            self.stdout.write(f"{name:13} {_plain(value)}")


def _act(action: str, account: AccountStatus, role: str) -> None:
    if action == "suspend":
        suspend_account(account.id, now=clock.now())
    elif action == "restore":
        restore_account(account.id)
    elif action == "promote":
        set_roles(account.id, {*account.roles, role})
    elif action == "demote":
        set_roles(account.id, {*account.roles} - {role})


def _plain(value: Any) -> str:
    if value is None or value == []:
        return "-"
    return ", ".join(value) if isinstance(value, list) else str(value)
