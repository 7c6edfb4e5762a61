"""What the house promises about its own layout."""

import ast
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import URLPattern, URLResolver, get_resolver

from config.env import ROOT
from config.settings.contexts import CONTEXTS
from tests.kit.longest import LONGEST

ANATOMY = {
    "README.md", "__init__.py", "apps.py", "urls.py", "api", "tasks.py", "public.py", "services", "selectors",
    "models", "schemas.py", "schemas", "events.py", "errors.py", "migrations", "consumers.py", "admin.py",
    "management", "conf.py", "templates", "processing", "storages",
}  # fmt: skip


def contracts() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["name"]: contract for contract in project["tool"]["importlinter"]["contracts"]}


def folders() -> set[str]:
    return {path.parent.name for path in (ROOT / "modules").glob("*/__init__.py")}


class TestContexts:
    def test_the_list_names_every_folder(self):
        assert set(CONTEXTS) | {"kernel"} == folders()

    def test_the_anatomy_contract_covers_every_context(self):
        assert set(contracts()["anatomy"]["containers"]) == {f"modules.{name}" for name in CONTEXTS}

    def test_the_direction_contract_places_every_context(self):
        placed = [name.strip() for layer in contracts()["direction"]["layers"] for name in layer.split("|")]

        assert sorted(placed) == sorted([*(f"modules.{name}" for name in CONTEXTS), "modules.kernel"])

    @pytest.mark.parametrize("name", CONTEXTS)
    def test_a_context_holds_only_the_files_of_the_house(self, name):
        files = {path.name for path in (ROOT / "modules" / name).iterdir()} - {"__pycache__"}

        assert files - ANATOMY == set()

    @pytest.mark.parametrize("name", CONTEXTS)
    def test_a_context_says_what_it_is_in_forty_lines(self, name):
        lines = (ROOT / "modules" / name / "README.md").read_text().splitlines()

        assert 5 <= len(lines) <= 40

    @pytest.mark.parametrize("name", CONTEXTS)
    def test_migrations_depend_on_no_other_context(self, name):
        others = {other for other in CONTEXTS if other != name}
        found = {
            dependency
            for path in (ROOT / "modules" / name / "migrations").glob("0*.py")
            for dependency in _dependencies(path)
        }

        assert found & others == set()


class TestAllauth:
    """What allauth calls internal changes with any release: one file takes it, for all."""

    TAKES_IT = "modules/accounts/api/allauth/internals.py"

    def test_is_taken_from_inside_by_one_file(self):
        takers = {
            str(path.relative_to(ROOT))
            for tree in ("config", "deploy", "modules", "openapi", "sharding")
            for path in (ROOT / tree).rglob("*.py")
            if any(name.startswith("allauth.") and "internal" in name.split(".") for name in _imports(path))
        }

        assert takers == {self.TAKES_IT}

    def test_carries_nothing_of_ours_from_hook_to_hook(self):
        """What they tell each other is typed: `api/request_state.py`. Django's own parts may be narrowed."""
        written = {
            (str(path.relative_to(ROOT)), target.attr)
            for path in (ROOT / "modules" / "accounts").rglob("*.py")
            for target in _targets(path)
            if ast.unparse(target.value).rpartition(".")[2] == "request"
        }

        assert {attribute for _, attribute in written} <= {"GET", "POST", "method"}


class TestUrls:
    def test_no_path_is_claimed_twice(self):
        paths = [re.sub(r"<\w+:\w+>", "<>", path) for path in _paths(get_resolver().url_patterns, "")]

        assert sorted(paths) == sorted(set(paths))


class TestDoors:
    def test_the_committed_list_is_current(self):
        call_command("doors", check=True)

    def test_an_unknown_context_is_refused_with_the_known_ones(self):
        with pytest.raises(CommandError, match="accounts, graph"):
            call_command("doors", "nowhere")


class TestTests:
    def test_that_take_longest_are_there(self):
        assert [file for file in LONGEST if not (ROOT / file).is_file()] == []
        assert len(set(LONGEST)) == len(LONGEST)

    def test_are_imported_by_no_other_file(self):
        """What two of them use lies in their folder's kit."""
        trees = ("benchmarks", "config", "deploy", "modules", "openapi", "sharding", "tests")
        paths = [path for tree in trees for path in (ROOT / tree).rglob("*.py")]

        assert {
            (path, name) for path, name in _taken(paths) if any(map(_is_test_file, name.split(".")))
        } == set()

    def test_take_of_another_folder_nothing_but_the_kit(self):
        taken = {
            (path, name)
            for path, name in _taken((ROOT / "tests").rglob("*.py"))
            if name.split(".")[1] not in ("kit", path.split("/")[1])
        }

        assert taken == set()

    def test_share_what_is_listed(self):
        listed = (ROOT / "tests" / "README.md").read_text()
        kit = {path.name for path in (ROOT / "tests" / "kit").glob("*.py")} - {"__init__.py"}

        assert {name for name in kit if f"`{name}`" not in listed} == set()
        assert len(listed.splitlines()) <= 40


def _targets(path: Path) -> list[ast.Attribute]:
    """Return all attributes that a file assigns."""
    assigned = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Assign)]
    return [target for node in assigned for target in node.targets if isinstance(target, ast.Attribute)]


def _imports(path: Path) -> set[str]:
    """Return all that a file imports, each with the module that it is of; relative ones begin with a dot."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{'.' * node.level}{node.module or ''}.{name.name}" for name in node.names}
    return found


# Journeys, word for word, on other servers.
WORD_FOR_WORD = {"tests/broker/test_crashes_on_rabbitmq.py", "tests/pooled/test_journeys.py"}


def _taken(paths: Iterable[Path]) -> list[tuple[str, str]]:
    """Return each file with each name that it takes from the tests, or relatively."""
    return [
        (str(path.relative_to(ROOT)), name)
        for path in paths
        for name in _imports(path)
        if name.startswith(("tests.", ".")) and str(path.relative_to(ROOT)) not in WORD_FOR_WORD
    ]


def _is_test_file(name: str) -> bool:
    return name == "conftest" or name.startswith("test_")


def _dependencies(path: Path) -> list[str]:
    """Return the app labels in a migration's `dependencies`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "dependencies":
            elements = node.value.elts if isinstance(node.value, ast.List) else []
            return [
                str(element.elts[0].value)
                for element in elements
                if isinstance(element, ast.Tuple) and isinstance(element.elts[0], ast.Constant)
            ]
    return []


def _paths(patterns, prefix):
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from _paths(entry.url_patterns, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern)
