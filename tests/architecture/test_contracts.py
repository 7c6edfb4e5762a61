"""The import contracts bite: each breach, planted in a copy of the tree, is named."""

import re
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


@pytest.fixture(scope="module")
def broken(copy) -> dict[str, str]:
    """What the linter says of each contract with all breaches planted: each start reads the whole tree."""
    for file, breach, _ in BREACHES:
        with (copy / file).open("a") as written:
            written.write(f"\n{breach}\n")
    _, *told = re.split(
        r"^(\w.*)\n-+\n", _lint(copy).stdout.split("\nBroken contracts\n")[1], flags=re.MULTILINE
    )
    return dict(zip(told[::2], told[1::2], strict=True))


class TestImportContracts:
    def test_the_tree_itself_keeps_them(self):
        assert _lint(ROOT).returncode == 0

    @pytest.mark.parametrize(("file", "breach", "contract"), BREACHES)
    def test_a_breach_is_named(self, broken, file, breach, contract):
        module = file.removesuffix(".py").replace("/", ".")
        package = re.split(r"[ .]", breach)[1]

        assert f"{module} -> {package}" in broken[contract]


def _lint(tree: Path) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [linter, "--no-cache"], cwd=tree, capture_output=True, text=True, check=False, timeout=60
    )
