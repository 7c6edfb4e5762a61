"""The Makefile: what a newcomer types first."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from deploy.embedded.layout import ROOT

PROMISED = {
    *("up", "down", "url", "reset", "logs", "mail", "psql", "shell", "test"),
    *("check", "bench", "demo", "verify-demo", "openapi", "sdk", "contract", "doors", "newcontext", "help"),
    *("migrations", "redis-test", "broker-test", "metrics-test", "image-test", "restore-test", "tls-test"),
    *("pooled-test", "failover-test", "profiles-test"),
}


def make(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run make as if from a shell, not from the `make test` above."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *words], cwd=cwd, env=env, capture_output=True, text=True, check=False)


class TestMake:
    def test_lists_every_target_by_default(self):
        listed = make()

        assert {line.split()[1] for line in listed.stdout.splitlines()} == PROMISED

    def test_says_which_python_it_needs(self, tmp_path):
        shutil.copy(ROOT / "Makefile", tmp_path)
        shutil.copytree(ROOT / "requirements", tmp_path / "requirements")

        refused = make("up", "PYTHON=python-nowhere", cwd=tmp_path)

        assert refused.returncode == 2
        assert refused.stdout.startswith(
            "Banyan needs Python 3.11 or newer and 'python-nowhere' is not that."
        )
        assert not (tmp_path / ".venv").exists()
