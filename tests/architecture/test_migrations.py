"""Migrations are frozen: what they do today, they do on an instance that joins in a year."""

import ast
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.env import ROOT
from config.management import frozen
from config.management.commands import freeze, locks
from config.management.locking import list_locking
from sharding import fence

FILES = sorted([*ROOT.glob("sharding/migrations/*.py"), *ROOT.glob("modules/*/migrations/*.py")])
# A field is a column type to them, and a fence names its version.
ALLOWED = {"sharding.ids.ShardedIdField", "sharding.fence.AddFence", "sharding.fence.UpgradeFence"}


def live_code_in(text: str) -> set[str]:
    """Return what a migration takes from this project, as dotted names, but for what is allowed."""
    tree = ast.parse(text)
    taken = {_dotted(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            # One that is relative, too, is of this project.
            module = node.module if node.module and not node.level else f"sharding.?{node.module}"
            used |= {f"{module}.{alias.name}" for alias in node.names}
        if isinstance(node, ast.Import):
            for alias in node.names:
                uses = {name for name in taken if name.startswith(f"{alias.name}.")}
                used |= uses if uses and not alias.asname else {alias.name}
    return {name for name in used if _is_live(name)} - ALLOWED


def _dotted(node: ast.expr) -> str:
    return (
        f"{_dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    )


def _is_live(name: str) -> bool:
    top = name.partition(".")[0]
    # The registry has the models of today, and by name anything can be imported.
    if name.startswith("django.apps.") or top == "importlib":
        return True
    return top != "django" and top not in sys.stdlib_module_names


class TestImports:
    @pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
    def test_of_a_migration_are_frozen_as_well(self, path):
        assert live_code_in(path.read_text()) == set()

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("from sharding import sql", {"sharding.sql"}),
            ("from sharding.fence import AddFence, LOCK_CLASS", {"sharding.fence.LOCK_CLASS"}),
            ("import modules.profiles.models.profiles", {"modules.profiles.models.profiles"}),
            (
                "import sharding.ids\nsharding.ids.ShardedIdField()\nsharding.ids.EPOCH",
                {"sharding.ids.EPOCH"},
            ),
            ("import sharding.ids as ids", {"sharding.ids"}),
            ("from ..models import Post", {"sharding.?models.Post"}),
            ("import rich", {"rich"}),
            ("from importlib import import_module", {"importlib.import_module"}),
            ("from django.apps import apps", {"django.apps.apps"}),
            ("from django.db import migrations\nfrom typing import Any", set()),
            ("import sharding.ids\nsharding.ids.ShardedIdField(serialize=False)", set()),
        ],
    )
    def test_of_live_code_are_found(self, text, found):
        assert live_code_in(text) == found


@pytest.fixture
def tree(tmp_path: Path, monkeypatch) -> Path:
    """A copy of two migrations, frozen."""
    root = Path(tmp_path)
    for name in ("modules/posts/migrations/0001_initial.py", "sharding/migrations/fence_2.sql"):
        copy = root / name
        copy.parent.mkdir(parents=True)
        copy.write_bytes((ROOT / name).read_bytes())
    (root / "config").mkdir()
    monkeypatch.setattr(freeze, "ROOT", root)
    call_command("freeze")
    return root


class TestFreeze:
    def test_lists_every_migration_of_the_house(self):
        call_command("freeze", check=True)

        listed = frozen.read_list(ROOT)
        assert {str(path.relative_to(ROOT)) for path in FILES if path.stem != "__init__"} < set(listed)
        assert {f"sharding/migrations/fence_{version}.sql" for version in fence.RESTS_ON} < set(listed)

    @pytest.mark.parametrize(
        "name", ["modules/posts/migrations/0001_initial.py", "sharding/migrations/fence_2.sql"]
    )
    @pytest.mark.parametrize("check", [True, False])
    def test_refuses_one_that_has_changed(self, tree, name, check):
        with (tree / name).open("a") as file:
            file.write("\n")
        before = (tree / frozen.LIST).read_text()

        with pytest.raises(CommandError, match=f"Not what was frozen: {name}.\nDatabases may have run it"):
            call_command("freeze", check=check)

        assert (tree / frozen.LIST).read_text() == before

    def test_refuses_one_that_is_gone(self, tree):
        (tree / "sharding/migrations/fence_2.sql").unlink()

        with pytest.raises(CommandError, match="Not what was frozen: sharding/migrations/fence_2"):
            call_command("freeze", check=True)

    def test_adds_a_new_one_when_asked_to(self, tree):
        (tree / "modules/posts/migrations/0002_more.py").write_text("")

        with pytest.raises(
            CommandError, match=r"Not frozen yet: modules/posts/migrations/0002_more.py\. Run: make"
        ):
            call_command("freeze", check=True)
        call_command("freeze")
        call_command("freeze", check=True)

        assert len((tree / frozen.LIST).read_text().splitlines()) == 3


class TestShardOf:
    def test_is_written_once(self):
        files = [
            file
            for folder in ("sharding", "modules")
            for suffix in ("py", "sql")
            for file in (ROOT / folder).rglob(f"*.{suffix}")
        ]
        by_hand = {str(file.relative_to(ROOT / "sharding")) for file in files if ">> 10" in file.read_text()}

        # In fences by hand as well: a check is planned anew for every statement.
        assert by_hand == {
            f"migrations/{name}" for name in ("0003_shard_of.py", "fence_1.sql", "fence_2.sql")
        }


class TestLocks:
    def test_are_found_in_the_sql_and_none_is_accepted_that_is_not_there(self):
        found = list_locking(set())

        assert {line.partition(":")[0] for line in found} == set(locks.ACCEPTED)
        assert [line for line in found if line.startswith("profiles.") and "(changing-column-type)" in line]

    def test_that_are_accepted_are_not_told(self):
        assert list_locking(set(locks.ACCEPTED)) == []
