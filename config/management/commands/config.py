"""`manage.py config`: the effective configuration, secrets masked."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config import env


class Command(BaseCommand):
    """Prints what config/env.py has read, as every process sees it."""

    help = "Print the effective configuration; secrets and passwords are masked."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        values = env.load().masked()
        self.stdout.write(_as_json(values) if json else _as_lines(values))


def _as_json(values: dict[str, object]) -> str:
    return json.dumps(values, indent=2, sort_keys=True)


def _as_lines(values: dict[str, object]) -> str:
    """Write one variable a line, named as in the environment; a mapping takes a line for each entry."""
    lines = []
    for field, value in values.items():
        name = f"BANYAN_{field.upper()}"
        if isinstance(value, dict):
            lines += [f"{name}  {key}={item}" for key, item in value.items()]
        else:
            lines.append(f"{name}  {','.join(value) if isinstance(value, list) else value}")
    width = max(len(line.split("  ", 1)[0]) for line in lines)
    return "\n".join("  ".join([part[0].ljust(width), part[1]]) for part in (x.split("  ", 1) for x in lines))
