"""`manage.py openapi`: draw the contract, or say how it drifted from the committed one."""

import difflib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

import openapi

CONTRACT = Path(openapi.__file__).with_name("banyan.yaml")


def draw() -> bytes:
    """
    Return the contract as YAML, the same bytes for the same code.

    :raises CommandError: if anything in it is doubtful or it breaks OpenAPI's own schema
    """
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    if GENERATOR_STATS:
        GENERATOR_STATS.emit_summary()
        raise CommandError("The contract has warnings; cure them.")
    validate_schema(schema)  # type: ignore[no-untyped-call]
    drawn: bytes = OpenApiYamlRenderer().render(schema, renderer_context={})  # type: ignore[no-untyped-call]
    return drawn


class Command(BaseCommand):
    """Writes `openapi/banyan.yaml`, or compares it."""

    help = "Draw openapi/banyan.yaml from the endpoints; --check compares and changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--check`."""
        parser.add_argument(
            "--check", action="store_true", help="exit with an error if the file is out of date"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Draw, and write or compare."""
        drawn = draw()
        if not check:
            CONTRACT.write_bytes(drawn)
            self.stdout.write(f"Wrote {CONTRACT.name}: {drawn.count(b'operationId')} operations.")
            return
        kept = CONTRACT.read_bytes() if CONTRACT.exists() else b""
        if kept == drawn:
            self.stdout.write("The contract is up to date.")
            return
        difference = difflib.unified_diff(
            kept.decode().splitlines(), drawn.decode().splitlines(), "committed", "drawn", lineterm=""
        )
        self.stdout.write("\n".join(difference))
        raise CommandError("The contract drifted. Run: python manage.py openapi")
