"""`manage.py openapi`: draw the contract, or say how it drifted from the committed one and whom it breaks."""

import difflib
import subprocess
from argparse import ArgumentParser
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

import openapi
from openapi.breaking import find_breaks
from openapi.headers import for_browsers
from openapi.validity import list_faults

CONTRACT = Path(openapi.__file__).with_name("banyan.yaml")
# What settings read of it, so that no process has to read all of it.
FOR_BROWSERS = CONTRACT.with_name("browsers.json")
ACKNOWLEDGED = CONTRACT.with_name("breaking.yaml")


def render() -> bytes:
    """
    Return the contract as YAML, the same bytes for the same code.

    :raises CommandError: if anything in it is doubtful or it breaks OpenAPI's own schema
    """
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    if GENERATOR_STATS:
        GENERATOR_STATS.emit_summary()
        raise CommandError("The contract has warnings; cure them.")
    if faults := list_faults(schema):
        raise CommandError("The contract breaks OpenAPI's schema:\n" + "\n".join(faults))
    rendered: bytes = OpenApiYamlRenderer().render(schema, renderer_context={})  # type: ignore[no-untyped-call]
    return rendered


def _load(rendered: bytes) -> Any:
    return yaml.load(rendered, yaml.CSafeLoader)


def earlier(rendered: bytes, contract: Path = CONTRACT) -> bytes:
    """
    Return the newest committed contract that differs from the rendered one; that one if there is none.

    So a break is found before its commit and still in it, where CI looks. Without git nothing is earlier.
    """
    return next((kept for kept in _committed(contract) if kept != rendered), rendered)


def _committed(contract: Path) -> Iterator[bytes]:
    """Yield what was committed of the contract, the newest first."""
    log = _git(contract, "log", "-n", "2", "--format=%H", "--", contract.name)
    for revision in log.decode().split():
        yield _git(contract, "show", f"{revision}:./{contract.name}")


def _git(contract: Path, *words: str) -> bytes:
    """Return what git says in the contract's folder, or nothing."""
    try:
        done = subprocess.run(["git", *words], cwd=contract.parent, capture_output=True, check=True)  # noqa: S603, S607 - our words, and whichever git the user has
    except (OSError, subprocess.CalledProcessError):
        return b""
    return done.stdout


class Command(BaseCommand):
    """Writes `openapi/banyan.yaml`, or compares it."""

    help = "Draw openapi/banyan.yaml from the endpoints; --check compares and changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--check`."""
        parser.add_argument(
            "--check",
            action="store_true",
            help="exit with an error if the file is out of date or breaks clients",
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Draw, and write or compare."""
        rendered = render()
        if check:
            self._compare(CONTRACT, rendered)
            self._compare(FOR_BROWSERS, for_browsers(_load(rendered)))
            self._refuse_breaks(rendered)
            self.stdout.write("The contract is up to date and breaks nobody unknowingly.")
        else:
            CONTRACT.write_bytes(rendered)
            FOR_BROWSERS.write_bytes(for_browsers(_load(rendered)))
            self.stdout.write(f"Wrote {CONTRACT.name}: {rendered.count(b'operationId')} operations.")

    def _compare(self, file: Path, rendered: bytes) -> None:
        """Refuse a file that is not what would be rendered."""
        kept = file.read_bytes() if file.exists() else b""
        if kept == rendered:
            return
        difference = difflib.unified_diff(
            kept.decode().splitlines(), rendered.decode().splitlines(), "committed", "rendered", lineterm=""
        )
        self.stdout.write("\n".join(difference))
        raise CommandError(f"{file.name} drifted. Run: python manage.py openapi")

    def _refuse_breaks(self, rendered: bytes) -> None:
        """Refuse what breaks clients of the earlier contract and was not acknowledged."""
        known = [each["change"] for each in yaml.safe_load(ACKNOWLEDGED.read_text()) or []]
        old, new = (_load(each) for each in (earlier(rendered), rendered))
        found = [
            each for each in find_breaks(old, new) if not any(fnmatchcase(each, meant) for meant in known)
        ]
        if found:
            self.stdout.write("\n".join(found))
            raise CommandError(
                "This breaks clients. Undo it, or acknowledge each line in openapi/breaking.yaml."
            )
