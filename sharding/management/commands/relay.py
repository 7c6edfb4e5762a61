"""`manage.py relay`: relay the outboxes of every instance and of the directory."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from sharding import direct
from sharding.conf import relay_settings, settings
from sharding.delivery import sending
from sharding.delivery.relay import Relay


class Command(BaseCommand):
    """Relay recorded events to their subscribers until stopped; several may run, one leads an instance."""

    help = "Relay recorded events of every instance and of the directory to their subscribers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--instance", action="append", help="only this alias (may be repeated)")

    def handle(self, *args: Any, instance: list[str] | None, **options: Any) -> None:
        aliases = instance or ["default", *settings().instances]
        unknown = set(aliases) - {"default", *settings().instances}
        if unknown:
            raise CommandError(f"No such instance: {', '.join(sorted(unknown))}. See `manage.py shards map`.")
        direct.bypass_pooler()
        current_app.loader.import_default_modules()
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        relays = [Relay(alias, sending.send_by_celery, relay_settings()) for alias in aliases]
        threads = [
            threading.Thread(target=relay.run, args=[stop], name=f"relay-{relay.alias}") for relay in relays
        ]
        for thread in threads:
            thread.start()
        for path in relay_settings().companions:
            import_string(path)(relays, stop)
        self.stdout.write(f"Relaying {', '.join(aliases)}.")
        self.stdout.flush()
        for thread in threads:
            thread.join()
        refusals = [str(relay.refusal) for relay in relays if relay.refusal]
        if refusals:
            raise CommandError("\n".join(refusals))
