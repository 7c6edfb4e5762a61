"""`manage.py newcontext` writes a context that keeps every rule, in a copy of the tree."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.env import ROOT


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    target: Path = tmp_path_factory.mktemp("tree")
    for name in ["config", "modules", "sharding", "openapi", "tests"]:
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ["pyproject.toml", "manage.py"]:
        shutil.copy(ROOT / name, target)
    return target


def run(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=tree, env=dict(os.environ), capture_output=True, text=True, check=False, timeout=100
    )


class TestNewContext:
    def test_writes_nothing_in_a_rehearsal(self, tree):
        said = run(tree, sys.executable, "manage.py", "newcontext", "bookmarks", "--dry-run")

        assert "would write modules/bookmarks/urls.py" in said.stdout
        assert not (tree / "modules" / "bookmarks").exists()

    def test_refuses_a_name_that_is_there(self, tree):
        said = run(tree, sys.executable, "manage.py", "newcontext", "graph")

        assert said.returncode == 1
        assert "There is a modules/graph already." in said.stderr

    def test_writes_one_that_keeps_the_contracts_and_answers(self, tree):
        written = run(tree, sys.executable, "manage.py", "newcontext", "bookmarks")
        bin_folder = Path(sys.executable).parent

        assert written.returncode == 0, written.stderr
        assert (
            run(tree, str(bin_folder / "ruff"), "check", "modules", "tests/bookmarks", "config").returncode
            == 0
        )
        contracts = run(tree, str(bin_folder / "lint-imports"), "--no-cache")
        assert "8 kept, 0 broken" in contracts.stdout
        doors = run(tree, sys.executable, "manage.py", "doors", "bookmarks")
        assert doors.stdout.startswith("bookmarks.get_summary(user_id: int)")
        drawn = run(tree, sys.executable, "manage.py", "openapi")
        assert drawn.returncode == 0, drawn.stderr
        assert "/v1/bookmarks" in (tree / "openapi" / "banyan.yaml").read_text()
