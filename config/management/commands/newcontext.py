"""`manage.py newcontext <name>`: write a context's files and register it."""

from __future__ import annotations

import re
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from string import Template
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.env import ROOT
from config.settings.contexts import CONTEXTS

TEMPLATES = Path(__file__).parent.parent / "newcontext"
# Where each template goes; `$name` stands for the context.
FILES = {
    "README.md": "modules/$name/README.md",
    "init.py": "modules/$name/__init__.py",
    "urls.py": "modules/$name/urls.py",
    "api.py": "modules/$name/api/$name.py",
    "tasks.py": "modules/$name/tasks.py",
    "public.py": "modules/$name/public.py",
    "selectors.py": "modules/$name/selectors/$name.py",
    "schemas.py": "modules/$name/schemas.py",
    "test.py": "tests/$name/test_$name.py",
}
PACKAGES = ["modules/$name/api", "modules/$name/selectors", "tests/$name"]


class Command(BaseCommand):
    """Write a small context that hears nothing yet and answers one endpoint, ready to be grown."""

    help = "Write the files of a new context and register it in the settings and the import contracts."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="a plural noun in lower case: bookmarks")
        parser.add_argument(
            "--beside",
            default=CONTEXTS[-1],
            help=f"the context whose tier it shares (default: {CONTEXTS[-1]}); it may call all tiers below",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be written, write nothing")

    def handle(self, *args: Any, name: str, beside: str, dry_run: bool, **options: Any) -> None:
        _refuse_bad_names(name, beside)
        files = _files(name)
        registered = {
            "config/settings/contexts.py": _registered_in_settings(name),
            "pyproject.toml": _registered_in_contracts(name, beside),
        }
        for path, text in {**files, **registered}.items():
            self.stdout.write(f"{'would write' if dry_run else 'wrote'} {path}")
            if not dry_run:
                (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
                (ROOT / path).write_text(text)
        if not dry_run:
            _tidy(sorted({*files, *registered}))
        self.stdout.write(f"\nNext: fill in what modules/{name}/README.md names; `make doors openapi check`.")


def _refuse_bad_names(name: str, beside: str) -> None:
    if not re.fullmatch(r"[a-z][a-z]{2,29}", name):
        raise CommandError("A context's name is one plural noun in lower case, 3 to 30 letters: bookmarks.")
    if name in CONTEXTS or (ROOT / "modules" / name).exists():
        raise CommandError(f"There is a modules/{name} already.")
    if beside not in CONTEXTS:
        raise CommandError(f"--beside {beside}: no such context. There are: {', '.join(CONTEXTS)}.")


def _tidy(paths: list[str]) -> None:
    """Sort the imports and break the lines, which depend on how long the name is."""
    python = [path for path in paths if path.endswith(".py")]
    for words in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        # Where there is no ruff, `make check` will say what it would have done.
        subprocess.run([sys.executable, "-m", "ruff", *words, *python], cwd=ROOT, check=False)  # noqa: S603


def _files(name: str) -> dict[str, str]:
    names = {"name": name, "Name": name.capitalize()}
    written = {
        Template(path).substitute(names): Template((TEMPLATES / f"{template}.txt").read_text()).substitute(
            names
        )
        for template, path in FILES.items()
    }
    return written | {f"{Template(package).substitute(names)}/__init__.py": "" for package in PACKAGES}


def _registered_in_settings(name: str) -> str:
    text = (ROOT / "config/settings/contexts.py").read_text()
    listed = ", ".join(f'"{context}"' for context in [*CONTEXTS, name])
    return re.sub(r"CONTEXTS = \[.*?\]", f"CONTEXTS = [{listed}]", text, flags=re.DOTALL)


def _registered_in_contracts(name: str, beside: str) -> str:
    text = (ROOT / "pyproject.toml").read_text()
    text = re.sub(
        rf'^(    ".*modules\.{beside}\b[^"]*)(",)$', rf"\1 | modules.{name}\2", text, flags=re.MULTILINE
    )
    return re.sub(r"(containers = \[.*?)\]", rf'\1, "modules.{name}"]', text, count=1, flags=re.DOTALL)
