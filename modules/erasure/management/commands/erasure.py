"""`manage.py erasure`: show what an erasure has deleted, begin one, and prove that nothing is left."""

import json
from argparse import ArgumentParser
from typing import Any, Final

from celery import current_app
from django.core.management.base import BaseCommand, CommandError

from modules.accounts.public import AccountNotFound, NotErasable, find_account_status
from modules.erasure.errors import DeletionNotFound
from modules.erasure.selectors.deletions import get_deletion_of
from modules.erasure.selectors.leftovers import STAYS, find_leftovers
from modules.erasure.services.erasures import begin, resume_erasures
from modules.kernel import clock
from sharding import erasing

# Of an id.
_MOST_DIGITS: Final = 19


class Command(BaseCommand):
    """What an operator may know and do of erasures."""

    help = "Show what an erasure has deleted, begin one without the grace, or look for what is left of one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do, and with whom."""
        parser.add_argument("action", choices=["show", "begin", "resume", "verify"])
        parser.add_argument("account", nargs="?", help="an id; of one that is there also its name or address")
        parser.add_argument("--dry-run", action="store_true", help="of begin: count what would go")
        parser.add_argument("--yes", action="store_true", help="of begin: that it is meant, for good")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, action: str, account: str | None, **options: Any) -> None:
        """Do it."""
        # What registers steps is imported where news is heard.
        current_app.loader.import_default_modules()
        if action == "resume":
            self._tell({"finished": resume_erasures(now=clock.now())}, options)
            return
        if account is None:
            raise CommandError(f"Say whose: manage.py erasure {action} ID.")
        {"show": self._show, "begin": self._begin, "verify": self._verify}[action](_id_of(account), options)

    def _show(self, user_id: int, options: dict[str, Any]) -> None:
        try:
            view = get_deletion_of(user_id)
        except DeletionNotFound as refusal:
            raise CommandError(
                f"Nobody has this id whose account is closed or erased: {user_id}."
            ) from refusal
        news = erasing.count_news_of(user_id) if view.state == "erasing" else {}
        self._tell(view.model_dump(mode="json") | {"undelivered_news": news}, options)

    def _begin(self, user_id: int, options: dict[str, Any]) -> None:
        counts = erasing.count_owned(user_id)
        if options["dry_run"]:
            self._tell({"would_delete": counts}, options)
            return
        if not options["yes"]:
            raise CommandError(
                f"{sum(counts.values())} rows go for good; say --yes, or --dry-run to see which."
            )
        try:
            begin(user_id, now=clock.now(), at_once=True)
        except (AccountNotFound, NotErasable) as refusal:
            raise CommandError(refusal.title) from refusal
        self._tell({"begun": str(user_id)}, options)

    def _verify(self, user_id: int, options: dict[str, Any]) -> None:
        left = find_leftovers(user_id)
        reasons = {table: STAYS[table] for counts in left.staying.values() for table in counts}
        shown = {"left": left.rows, "keys": left.keys, "stays": left.staying, "because": reasons}
        self._tell(shown, options)
        if not left.is_clean:
            raise SystemExit(1)

    def _tell(self, found: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        for name, value in found.items():
            self.stdout.write(f"{name:17} {json.dumps(value, indent=2) if value else '-'}")


def _id_of(account: str) -> int:
    """
    Return the id that is meant: of who is gone, it alone is left to name them by.

    Digits are an id and never a name, though anybody may have one of digits: of an id that was erased already
    it would be somebody else who goes, for good.
    """
    if account.isascii() and account.isdigit() and len(account) <= _MOST_DIGITS:
        return int(account)
    try:
        return find_account_status(account).id
    except AccountNotFound as refusal:
        raise CommandError(f"There is no account with this name or address: {account}.") from refusal
