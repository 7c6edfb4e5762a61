"""`manage.py status`: how every server, process and queue is, as the operators' page shows it."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from config.operations.schemas import OperationsStatus
from config.operations.snapshot import look


class Command(BaseCommand):
    """Show the whole system at a glance."""

    help = (
        "Show how every server, process and queue is, and when the clock ticked; exits with 1 if any is not."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the form."""
        parser.add_argument("--json", action="store_true", help="print it for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look once, and print what was found."""
        found = look()
        if options["json"]:
            self.stdout.write(found.json_bytes().decode())
        else:
            self.stdout.writelines(f"{line}\n" for line in _lines(found))
        if not found.is_well:
            sys.exit(1)


def _lines(found: OperationsStatus) -> Iterator[str]:
    for database in found.databases:
        lag = "" if database.lag_bytes is None else f" behind={database.lag_bytes}B/{database.lag_seconds}s"
        size = "-" if database.size_bytes is None else f"{database.size_bytes / 1e6:.1f}MB"
        shards = "" if database.shards is None else f" shards={database.shards}"
        rows = "" if database.rows is None else f" rows≈{database.rows}"
        about = f"size={size}{rows}{shards}{lag}" if database.reason is None else database.reason
        yield f"{database.role:9} {database.name:<12} {database.state:<8} {about}"
    for outbox in found.outboxes:
        leader = f"led from {outbox.leader.address}" if outbox.leader else "NO RELAY LEADS"
        counts = f"recorded={outbox.recorded} waiting={outbox.waiting} dead={outbox.dead}"
        yield f"outbox    {outbox.database:<12} {counts} oldest={outbox.oldest_seconds}s {leader}"
    for server in found.redis:
        yield f"redis     {server.name:<12} {server.state:<8} used={server.used_bytes}B"
    for queue in found.queues:
        yield f"queue     {queue.queue:<12} {'-' if queue.messages is None else queue.messages}"
    for process in found.processes:
        said = f" {process.says}" if process.says else ""
        about = f"pid={process.pid} heard={process.heard_seconds}s{said}"
        yield f"process   {process.kind:<12} {process.state:<8} {about}"
    ticked = found.beat.ticked_seconds
    yield f"beat      ticked {'never' if ticked is None else f'{ticked} s ago'}"
    for error in found.errors:
        yield f"error     {error.at:%H:%M:%S} {error.process}: {error.event}: {error.error} at {error.where}"
    for slow in found.slow:
        yield f"slow      {slow.at:%H:%M:%S} {slow.operation} {slow.status} {slow.milliseconds:.0f} ms"
    yield from (f"BAD {trouble}" for trouble in found.troubles)
