"""Commands of the stack under Django's roof: found in `manage.py help`, run without Django."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from deploy.embedded import environment
from deploy.embedded.layout import ROOT


class ForwardedCommand(BaseCommand):
    """Becomes `python -m deploy.embedded <the same words>`."""

    def run_from_argv(self, argv: list[str]) -> None:
        """Replace this process: a launcher should not carry Django for hours."""
        # What manage.py was led to is for Django; the stack decides anew.
        env = {name: value for name, value in os.environ.items() if name not in environment.adopted}
        os.chdir(ROOT)
        os.execve(sys.executable, [sys.executable, "-m", "deploy.embedded", *argv[1:]], env)  # noqa: S606

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse `call_command`: it would end its caller."""
        raise NotImplementedError("Run it from the command line.")
