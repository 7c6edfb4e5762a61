"""`manage.py outbox`: what waits in the outboxes, what is dead and why, and how it lives again."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError

from sharding.delivery import backlog
from sharding.delivery.backlog import Narrowing


class Command(BaseCommand):
    """Show the outboxes' backlog and dead deliveries, and make these due again."""

    help = "Show what waits in the outboxes and what is dead, and make it due again."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the three verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        status = verbs.add_parser(
            "status", help="depth, oldest age and leading relay; exits with 1 if any is bad"
        )
        status.add_argument("--max-age", type=float, default=60.0, help="seconds anything may wait (60)")
        dead = verbs.add_parser("dead", help="deliveries that failed too often, with their error")
        retry = verbs.add_parser("retry", help="make dead deliveries due again, after their cause is mended")
        retry.add_argument("--all", action="store_true", help="all of them, or all of one subscriber")
        retry.add_argument(
            "--dry-run", action="store_true", help="say what would be retried, and change nothing"
        )
        for narrowed in (dead, retry):
            narrowed.add_argument("event_ids", nargs="*", type=int, metavar="EVENT", help="only these events")
            narrowed.add_argument("--subscriber", default="", help="only those of one subscriber")
        for verb in (status, dead, retry):
            verb.add_argument("--json", action="store_true", help="print it for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb."""
        getattr(self, f"_{options['verb']}")(options)

    def _status(self, options: dict[str, Any]) -> None:
        # Which events there are, and who hears them.
        current_app.loader.import_default_modules()
        self._tell(backlog.list_backlogs(max_age_s=options["max_age"]), _status_lines, options)

    def _dead(self, options: dict[str, Any]) -> None:
        self._tell(backlog.list_dead(_narrowing(options)), _dead_lines, options)

    def _retry(self, options: dict[str, Any]) -> None:
        if not options["event_ids"] and not options["all"]:
            raise CommandError("Say which events (manage.py outbox dead lists them), or --all.")
        narrowing = _narrowing(options)
        if options["dry_run"]:
            self._dead(options)
            return
        entries = backlog.revive(narrowing)
        self._tell(entries, _retry_lines, options)
        if not any(entry.get("revived") for entry in entries):
            raise CommandError("No dead delivery is meant by that; manage.py outbox dead lists them.")

    def _tell(self, entries: list[dict[str, Any]], lines: Any, options: dict[str, Any]) -> None:
        """Print the entries, and exit with 1 if a database is away or not well."""
        if options["json"]:
            self.stdout.write(json.dumps(entries))
        else:
            for entry in entries:
                if "error" in entry:
                    self.stdout.write(f"BAD {entry['instance']:<12} {entry['error']}")
                else:
                    self.stdout.writelines(f"{line}\n" for line in lines(entry))
        if not all(entry.get("is_well", True) for entry in entries):
            sys.exit(1)


def _narrowing(options: dict[str, Any]) -> Narrowing:
    return Narrowing(options["event_ids"], options["subscriber"])


def _status_lines(entry: dict[str, Any]) -> list[str]:
    leader = entry["leader"]
    led = f"led from {leader['address']} (pid {leader['pid']})" if leader else "NO RELAY LEADS"
    counts = f"recorded={entry['recorded']} waiting={entry['waiting']} dead={entry['dead']}"
    mark = "ok " if entry["is_well"] else "BAD"
    return [
        f"{mark} {entry['instance']:<12} {counts} oldest={entry['oldest_seconds']}s {led}",
        *(
            f"      {each['subscriber']}: waiting={each['waiting']} dead={each['dead']}"
            f" oldest={each['oldest_seconds']}s"
            for each in entry["subscribers"]
        ),
        *(
            f"      {each['name']}: recorded={each['recorded']}, of a later release: it waits for its relay"
            for each in entry["unknown"]
        ),
    ]


def _dead_lines(entry: dict[str, Any]) -> list[str]:
    lines = []
    for each in entry["dead"]:
        lines.append(
            f"{entry['instance']}: {each['event_id']} {each['name']} of {each['owner_id']} for"
            f" {each['subscriber']}, failed {each['failures']} times"
        )
        lines += [f"    {line}" for line in each["error"].splitlines()]
    return lines or [f"{entry['instance']}: none"]


def _retry_lines(entry: dict[str, Any]) -> list[str]:
    return [f"{entry['instance']}: {entry['revived']} made due again"]
