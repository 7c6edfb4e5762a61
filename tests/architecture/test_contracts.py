"""The import contracts bite: each breach, planted in a copy of the tree, is named."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.env import ROOT

BREACHES = [
    ("modules/posts/services/posts.py", "from modules.graph.models import FollowOut", "front doors"),
    ("modules/posts/selectors/pages.py", "import modules.graph.selectors", "front doors"),
    ("modules/graph/services/follows.py", "from modules.profiles import public as profiles", "direction"),
    ("modules/graph/tasks.py", "from modules.graph.models import FollowOut", "edges leave the tables alone"),
    ("modules/posts/services/posts.py", "import rest_framework", "the core knows no transport"),
    ("modules/graph/schemas.py", "import django.db", "what crosses is plain data"),
    (
        "modules/graph/selectors/counts.py",
        "from sharding import shard_map",
        "sharding keeps its maps to itself",
    ),
    ("modules/media/processing/pixels.py", "import django.conf", "strangers' pictures meet Pillow alone"),
    ("sharding/ids.py", "import modules.kernel", "tiers"),
    ("deploy/demo/load.py", "import config.env", "tiers"),
    (
        "deploy/embedded/checkout.py",
        "import config.addresses",
        "the embedded stack needs nothing of what it runs",
    ),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    target: Path = tmp_path_factory.mktemp("tree")
    for name in ["config", "deploy", "modules", "sharding", "openapi"]:
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "sdk"))
    shutil.copy(ROOT / "pyproject.toml", target)
    return target


class TestImportContracts:
    def test_the_tree_itself_keeps_them(self, copy):
        assert _lint(copy).returncode == 0

    @pytest.mark.parametrize(("file", "breach", "contract"), BREACHES)
    def test_a_breach_is_named(self, copy, file, breach, contract):
        path = copy / file
        before = path.read_text()
        path.write_text(f"{before}\n{breach}\n")

        try:
            found = _lint(copy)
        finally:
            path.write_text(before)

        assert found.returncode == 1
        assert f"{contract} BROKEN" in found.stdout


def _lint(tree: Path) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [linter, "--no-cache"], cwd=tree, capture_output=True, text=True, check=False, timeout=60
    )
