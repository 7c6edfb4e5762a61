"""The eight steps of "Add a context", as modules/README.md has them, in a copy of the tree."""

from __future__ import annotations

import builtins
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml
from django.core.management.base import CommandError

from config.env import ROOT
from config.management.commands.newcontext import _files, _refuse_bad_names
from tests.kit.commands import NAMED, manage_each

# What the document calls its example; whoever has built that very one still runs these tests.
NAME = next(name for name in ("stars", "moons", "larks") if not (ROOT / "modules" / name).exists())
ONE = NAME.removesuffix("s")
_WORDS = (ROOT / "modules" / "README.md").read_text().split("## Add a context")[1]
STEPS = re.sub(r"star(?!t)", ONE, re.sub(r"Star(?!t)", ONE.capitalize(), _WORDS))
# `make newcontext` and `make up` alone are mentioned, not asked for.
COMMANDS = re.findall(r"`(make (?:newcontext |migrations |openapi|check|test)[^`]*)`", STEPS)
BLOCKS = re.compile(r"^   ```python\n(.*?)^   ```", re.DOTALL | re.MULTILINE)
CODE = [textwrap.dedent(block) for block in BLOCKS.findall(STEPS)]
TOOLS = Path(sys.executable).parent
# Whatever the templates of a context say, and what Python has built in: names that somebody may come upon.
_TEMPLATES = "\n".join(path.read_text() for path in (ROOT / "config/management/newcontext").iterdir())
WORDS = sorted(
    word
    for word in {*re.findall(r"[a-z]+", _TEMPLATES.lower()), *map(str.lower, dir(builtins))}
    if re.fullmatch(r"[a-z]{2,19}", word)
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    target: Path = tmp_path_factory.mktemp("tree")
    for name in [
        "config",
        "deploy",
        "modules",
        "sharding",
        "openapi",
        "tests",
        "benchmarks",
        "docs",
        "requirements",
    ]:
        # With the bytecode, which fits the copies as well: their times are the same.
        left_out = shutil.ignore_patterns("node_modules")
        shutil.copytree(ROOT / name, target / name, ignore=left_out)
    # What mypy knows of these very files it need not find out once more.
    if (known := ROOT / ".mypy_cache").exists():
        shutil.copytree(known, target / known.name)
    for name in ["pyproject.toml", "manage.py", "Makefile", "README.md", ".env.example"]:
        shutil.copy(ROOT / name, target)
    (target / ".venv").symlink_to(TOOLS.parent)
    return target


def run(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # Its tests start a stack of their own.
    env = {name: text for name, text in os.environ.items() if not name.startswith(("BANYAN_", "DJANGO_"))}
    return subprocess.run(
        words,
        cwd=tree,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        start_new_session=True,
    )


def shell(tree: Path, command: str) -> None:
    done = run(tree, "sh", "-c", command)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="module")
def walked(tree: Path) -> Path:
    """The copy after the steps that write something, as the document has them."""
    for command in COMMANDS:
        if command.split()[1] in ("newcontext", "migrations", "openapi"):
            shell(tree, command)
    return tree


def written(tree: Path) -> str:
    files = [*tree.glob(f"modules/{NAME}/**/*.py"), *tree.glob(f"tests/{NAME}/*.py")]
    return "\n".join(path.read_text() for path in files)


REFUSED = {
    ("graph",): "There is a modules/graph already.",
    ("sheep",): "Say what one of sheep is called",
    ("Book-marks",): "3 to 20 letters",
    ("class",): "3 to 20 letters",
    ("yields", "--one", "yield"): "Say what one of yields is called",
    (NAME, "--beside", "nowhere"): "no such context",
    ("nones",): "None is a word of Python's",
    ("openapi", "--one", "thing"): "There is an app openapi already",
    ("sessions",): "There is a /v1/me/sessions already",
    ("journeys",): "There is a tests/journeys already",
    ("applets", "--one", "app"): "The contract has a AppCard already",
    ("users",): "The contract has a UserCard already",
    ("onces",): "would make Once mean two things in modules/onces/services/onces.py",
    ("models",): "would make models mean two things in modules/models/models/__init__.py",
    ("warnings",): "would make Warning mean two things in modules/warnings/models/__init__.py",
}


class TestNewContext:
    def test_writes_nothing_in_a_rehearsal_nor_of_a_name_that_it_refuses_and_says_why(self, tree):
        commands = [["newcontext", *words] for words in (*REFUSED, (NAME, "--dry-run"))]

        *refused, rehearsed = manage_each(commands, cwd=tree, env=NAMED)

        odd = {
            words: said.stderr
            for (words, problem), said in zip(REFUSED.items(), refused, strict=True)
            if said.returncode != 1 or problem not in said.stderr
        }
        assert odd == {}
        assert f"would write modules/{NAME}/urls.py" in rehearsed.stdout
        assert not (tree / "modules" / NAME).exists()

    def test_takes_or_refuses_each_word_of_its_own_templates(self, tmp_path):
        refused = {word for word in WORDS if not self.writes(word, tmp_path / word)}

        # Names that are not defined, are defined twice, or hide Python's own; code that is none.
        found = run(tmp_path, f"{TOOLS}/ruff", "check", "--isolated", "--select", "F,A001", ".")

        assert found.returncode == 0, found.stdout
        assert {"warning", "class"} <= refused < set(WORDS)

    @staticmethod
    def writes(word: str, folder: Path) -> bool:
        """Write the context that is called by a word; return whether its name was taken."""
        name = f"{word}s"
        try:
            _refuse_bad_names(name, word, "timelines")
        except CommandError:
            return False
        for path, text in _files(name, word).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        return True


class TestSteps:
    def test_name_these_commands(self):
        assert [
            f"make newcontext NAME={NAME}",
            f"make migrations NAME={NAME}",
            "make openapi doors",
            "make check",
            f'make test ARGS="tests/{NAME} tests/policy tests/architecture"',
        ] == COMMANDS

    def test_show_what_is_written(self, walked):
        text = written(walked)

        missing = [
            block for block in CODE if block not in text and textwrap.indent(block, "    ") not in text
        ]
        assert (len(CODE), missing) == (6, [])

    def test_fence_the_table(self, walked):
        [migration] = walked.glob(f"modules/{NAME}/migrations/0001_*.py")

        text = migration.read_text()
        assert ("sharding.fence.AddFence(" in text, "version=2" in text) == (True, True)
        assert '("sharding", "0003_shard_of")' in text

    def test_freeze_the_migration(self, walked):
        listed = (walked / "config" / "migrations.sha256").read_text()

        assert f"  modules/{NAME}/migrations/0001_" in listed

    def test_leave_the_contract_with_the_list_and_its_scope(self, walked):
        contract = yaml.load((walked / "openapi" / "banyan.yaml").read_bytes(), yaml.CSafeLoader)
        operation = contract["paths"][f"/v1/me/{NAME}"]["get"]

        assert operation["operationId"] == f"list_my_{NAME}"
        assert {"cursor", "limit"} <= {parameter.get("name") for parameter in operation["parameters"]}

    def test_keep_the_rules_of_the_house(self, walked):
        shell(walked, f"{TOOLS}/ruff check . && {TOOLS}/ruff format --check .")
        shell(walked, f"{TOOLS}/lint-imports --no-cache")
        shell(walked, f"{TOOLS}/mypy modules/{NAME} tests/{NAME}")

    def test_pass_the_tests_that_they_wrote_and_those_of_the_house(self, walked):
        files = f"tests/{NAME} tests/policy/test_matrix.py tests/architecture/test_house.py"
        shell(walked, f"{TOOLS}/python -m pytest -q {files}")
