"""The stack without privileges: tried as `nobody` where the tests run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.layout import ROOT, throwaway_layout

# The servers are enough: what runs on top of them does not ask who it is.
SERVERS_ONLY = """
from deploy.embedded.account import server_account
from deploy.embedded.throwaway import throwaway_stack

with throwaway_stack() as stack:
    assert not server_account().switches
    servers = [*stack.topology.primaries.values(), *stack.topology.replicas.values()]
    print([server.ask("select pg_is_in_recovery()") for server in servers])
"""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a plain user")


class PlainUser:
    """Somebody with an empty home and nothing of ours in their environment."""

    def __init__(self, home: Path) -> None:
        nobody = pwd.getpwnam("nobody")
        self._as: dict[str, Any] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._env = {"PATH": os.defpath, "HOME": str(home), "PYTHONPATH": sysconfig.get_path("purelib")}
        os.chown(home, nobody.pw_uid, nobody.pw_gid)

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.find_python(), *command],
            cwd=ROOT,
            env={**self._env, **env},
            capture_output=True,
            text=True,
            check=False,
            **self._as,
        )

    def find_python(self) -> str:
        """Return an interpreter that they reach: this one may lie in root's private home."""
        for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
            ask = ["/bin/sh", "-c", f"{python} -c ''"]
            if subprocess.run(ask, capture_output=True, check=False, **self._as).returncode == 0:
                return python
        pytest.skip("nobody can run no interpreter here")


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = throwaway_layout().home
    yield folder
    shutil.rmtree(folder)


class TestPlainUser:
    def test_runs_the_servers_as_himself(self, folder):
        done = PlainUser(folder).run("-c", SERVERS_ONLY)

        assert (done.returncode, done.stdout) == (0, "[False, False, False, True]\n"), done.stderr

    def test_is_told_that_a_folder_is_not_his(self, folder, tmp_path):
        folders = throwaway_layout().home
        folders.chmod(0o755)

        done = PlainUser(folder).run("-m", "deploy.embedded", "up", BANYAN_HOME=str(folders / "banyan"))

        shutil.rmtree(folders)
        assert (done.returncode, done.stderr) == (
            1,
            f"{folders / 'banyan'} belongs to another user; run as that user.\n",
        )
