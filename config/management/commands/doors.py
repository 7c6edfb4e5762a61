"""`manage.py doors`: every function that a context offers to others, with its signature and callers."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.env import ROOT
from config.settings.contexts import CONTEXTS

LIST = ROOT / "modules" / "DOORS.md"


@dataclass(frozen=True, slots=True)
class Door:
    """One public function (or error) of a context, and who uses it."""

    context: str
    name: str
    signature: str
    summary: str
    callers: list[str]


class Command(BaseCommand):
    """Print the doors, or keep `modules/DOORS.md`, the committed list, in step with them."""

    help = "List every public function of every context with its signature and callers."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("context", nargs="?", help="only this context")
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument("--write", action="store_true", help="write modules/DOORS.md")
        parser.add_argument("--check", action="store_true", help="fail if modules/DOORS.md is out of date")

    def handle(self, *args: Any, context: str | None, json: bool, **options: Any) -> None:
        if context and context not in CONTEXTS:
            raise CommandError(f"No context {context!r}. There are: {', '.join(CONTEXTS)}.")
        doors = [door for name in CONTEXTS if context in {None, name} for door in doors_of(name)]
        text = as_markdown(doors)
        if options["write"]:
            LIST.write_text(text)
        elif options["check"]:
            self._check(text)
        else:
            self.stdout.write(as_json(doors) if json else as_text(doors))

    def _check(self, text: str) -> None:
        if not LIST.exists() or LIST.read_text() != text:
            raise CommandError("modules/DOORS.md is out of date. Run: make doors")
        self.stdout.write("modules/DOORS.md is current.")


def doors_of(context: str) -> list[Door]:
    """Return the doors of a context, by name."""
    module = importlib.import_module(f"modules.{context}.public")
    if not hasattr(module, "__all__"):
        raise CommandError(f"modules/{context}/public.py has no __all__, which is the list of its doors.")
    uses = _uses()
    return [
        Door(context, name, _signature(member), _summary(member), sorted(uses.get((context, name), set())))
        for name in sorted(module.__all__)
        for member in [getattr(module, name)]
    ]


def as_text(doors: list[Door]) -> str:
    """Return the doors for a terminal."""
    lines = []
    for door in doors:
        lines.append(f"{door.context}.{door.name}{door.signature}")
        lines.append(f"    {door.summary}")
        lines.append(f"    called by: {', '.join(door.callers) or 'nobody'}")
    return "\n".join(lines)


def as_markdown(doors: list[Door]) -> str:
    """Return the committed list: a new door shows up in the diff."""
    lines = ["# Doors", "", "Every function that a context offers to others. Written by `make doors`.", ""]
    for context in dict.fromkeys(door.context for door in doors):
        lines += [f"## {context}", ""]
        lines += [f"- `{door.name}{door.signature}`" for door in doors if door.context == context]
        lines.append("")
    return "\n".join(lines)


def as_json(doors: list[Door]) -> str:
    """Return the doors as JSON."""
    return json.dumps([asdict(door) for door in doors], indent=2)


def _signature(member: Any) -> str:
    if inspect.isclass(member) or not callable(member):
        return ""
    return str(inspect.signature(member)).replace("'", "")


def _summary(member: Any) -> str:
    return (inspect.getdoc(member) or "").split("\n", 1)[0] if callable(member) else "a constant"


@functools.cache
def _uses() -> dict[tuple[str, str], set[str]]:
    """Return which modules of others use a context's door, read from their imports, each file once."""
    uses: dict[tuple[str, str], set[str]] = {}
    for path in sorted((ROOT / "modules").rglob("*.py")):
        caller = _module_name(path)
        for context, name in _doors_used(ast.parse(path.read_text(), str(path))):
            if not caller.startswith(f"modules.{context}."):
                uses.setdefault((context, name), set()).add(caller)
    return uses


def _doors_used(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the attributes used of `from modules.x import public as x`, and names imported from it."""
    contexts: dict[str, str] = {}
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("modules."):
            context, _, door = str(node.module).removeprefix("modules.").partition(".")
            if door == "public":
                yield from ((context, item.name) for item in node.names)
            elif not door:
                contexts |= {
                    item.asname or item.name: context for item in node.names if item.name == "public"
                }
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in contexts:
            yield contexts[node.value.id], node.attr


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
