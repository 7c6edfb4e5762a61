"""`manage.py drift`: whether what is committed is what the code says; many commands for one start."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

COMMANDS = (
    ("check", "--fail-level", "WARNING"),
    ("makemigrations", "--check", "--dry-run"),
    ("freeze", "--check"),
    ("locks",),
    ("openapi", "--check"),
    ("doors", "--check"),
)


class Command(BaseCommand):
    """Run what `make check` asks of Django, and end with the first that fails."""

    help = (
        "Fail on Django's checks, unwritten migrations, migrations that lock, and a list that is out of date."
    )
    # The first command runs them, warnings and all.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run them in order."""
        for words in COMMANDS:
            call_command(*words, stdout=self.stdout, stderr=self.stderr)
