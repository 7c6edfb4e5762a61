"""`manage.py newcontext <name>`: write a context's files and register it."""

from __future__ import annotations

import keyword
import re
from argparse import ArgumentParser
from pathlib import Path
from string import Template
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from config.env import ROOT
from config.management.collisions import find_collision
from config.management.tidy import tidy
from config.settings.contexts import CONTEXTS

TEMPLATES = Path(__file__).parent.parent / "newcontext"
# Where each template goes; `$name` stands for the context.
FILES = {
    "README.md": "modules/$name/README.md",
    "init.py": "modules/$name/__init__.py",
    "urls.py": "modules/$name/urls.py",
    "api.py": "modules/$name/api/$name.py",
    "tasks.py": "modules/$name/tasks.py",
    "models_init.py": "modules/$name/models/__init__.py",
    "models.py": "modules/$name/models/$name.py",
    "services.py": "modules/$name/services/$name.py",
    "events.py": "modules/$name/events.py",
    "public.py": "modules/$name/public.py",
    "selectors.py": "modules/$name/selectors/$name.py",
    "archive.py": "modules/$name/selectors/archive.py",
    "schemas.py": "modules/$name/schemas.py",
    "test.py": "tests/$name/test_$name.py",
}
PACKAGES = ["modules/$name/api", "modules/$name/services", "modules/$name/selectors", "tests/$name"]
NEXT = """
Next, as modules/README.md says step by step:
  make migrations NAME={name}      its table, with the fence
  make openapi doors               what it offers, written down
  make check
  make test ARGS="tests/{name} tests/policy tests/architecture"
Then change it into what you want. Code is read at start: a running `make up` wants a restart."""


class Command(BaseCommand):
    """Write a small context that works: a table, an event said, one heard, a paged list, and its tests."""

    help = "Write the files of a new context and register it in the settings and the import contracts."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="a plural noun in lower case: stars")
        parser.add_argument("--one", help="its singular, if it is not the name without its last s")
        parser.add_argument(
            "--beside",
            default=CONTEXTS[-1],
            help=f"the context whose tier it shares (default: {CONTEXTS[-1]}); it may call all tiers below",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be written, write nothing")

    def handle(
        self, *args: Any, name: str, one: str | None, beside: str, dry_run: bool, **options: Any
    ) -> None:
        one = one or name.removesuffix("s")
        _refuse_bad_names(name, one, beside)
        files = _files(name, one)
        registered = {
            "config/settings/contexts.py": _registered_in_settings(name),
            "pyproject.toml": _registered_in_contracts(name, beside),
            "modules/kernel/scopes.py": _with_scope(name),
            "tests/policy/policy.yaml": _with_policy(name),
        }
        for path, text in {**files, **registered}.items():
            self.stdout.write(f"{'would write' if dry_run else 'wrote'} {path}")
            if not dry_run:
                (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
                (ROOT / path).write_text(text)
        if not dry_run:
            tidy(sorted({*files, *registered}))
            self.stdout.write(NEXT.format(name=name))


def _refuse_bad_names(name: str, one: str, beside: str) -> None:
    if not re.fullmatch(r"[a-z]{3,20}", name) or keyword.iskeyword(name):
        raise CommandError("A context's name is one plural noun in lower case, 3 to 20 letters: stars.")
    for folder in (f"modules/{name}", f"tests/{name}"):
        if (ROOT / folder).exists():
            raise CommandError(f"There is a {folder} already.")
    if not re.fullmatch(r"[a-z]{2,20}", one) or one == name or keyword.iskeyword(one):
        raise CommandError(f"Say what one of {name} is called: --one … (make newcontext NAME={name} ONE=…).")
    if keyword.iskeyword(one.capitalize()):
        raise CommandError(
            f"{one.capitalize()} is a word of Python's, and no class can have it for its name."
        )
    if beside not in CONTEXTS:
        raise CommandError(f"--beside {beside}: no such context. There are: {', '.join(CONTEXTS)}.")
    _refuse_taken(name, one)


def _refuse_taken(name: str, one: str) -> None:
    """Refuse a name that Django, the contract or the templates have for something else."""
    if name in {app.label for app in apps.get_app_configs()}:
        raise CommandError(f"There is an app {name} already, and Django knows apps by that alone.")
    contract = (ROOT / "openapi/banyan.yaml").read_text()
    if f"\n  /v1/me/{name}:\n" in contract:
        raise CommandError(f"There is a /v1/me/{name} already.")
    for shape in (f"{one.capitalize()}Card", f"{one.capitalize()}Page"):
        if f"\n    {shape}:\n" in contract:
            raise CommandError(f"The contract has a {shape} already; choose another --one than {one}.")
    if met := find_collision(_files, name, one):
        word, path = met
        raise CommandError(
            f"{name} (one of them: {one}) would make {word} mean two things in {path}: that code, or Python, "
            "has it for something else. Choose another name, or another --one."
        )


def _files(name: str, one: str) -> dict[str, str]:
    names = {"name": name, "Name": name.capitalize(), "noun": one, "Noun": one.capitalize()}
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


def _with_scope(name: str) -> str:
    """Return the scopes with one for the context: what apps ask for, and what their users read of it."""
    text = (ROOT / "modules/kernel/scopes.py").read_text()
    return re.sub(r"^}$", f'    "read:{name}": "See your {name}",\n}}', text, count=1, flags=re.MULTILINE)


def _with_policy(name: str) -> str:
    """Return the policy with the row of the context's one operation."""
    text = (ROOT / "tests/policy/policy.yaml").read_text()
    row = f"  list_my_{name}: {{class: scoped}}\n"
    return text.replace(
        "\n# Paths of the URLconf that the contract", f"{row}\n# Paths of the URLconf that the contract", 1
    )
