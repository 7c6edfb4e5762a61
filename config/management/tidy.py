"""What commands write, made to look as if a person had written it."""

import subprocess
import sys
from collections.abc import Iterable

from config.env import ROOT


def tidy(paths: Iterable[str]) -> None:
    """Break the lines and sort the imports of Python files, by ruff."""
    python = [path for path in paths if path.endswith(".py")]
    for words in (["format", "--quiet"], ["check", "--fix", "--quiet"]):
        # Where there is no ruff, `make check` will say what it would have done.
        subprocess.run([sys.executable, "-m", "ruff", *words, *python], cwd=ROOT, check=False)  # noqa: S603
