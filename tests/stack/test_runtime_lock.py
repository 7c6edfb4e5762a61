"""What ships: the code in an environment of `requirements/runtime.txt` alone, as the image has it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from deploy.embedded.layout import ROOT
from tests.kit.production import PRODUCTION

# The embedded stack and the commands that lead to it need what its servers need; the image runs neither.
OF_THE_STACK = (
    "config.management.forwarded config.management.commands.(up|down|reset|psql|logs) deploy.embedded"
)
IMPORT_ALL = """
import importlib, pkgutil, re, sys
import django
django.setup()
left_out = re.compile("|".join(sys.argv[1].split()) + "|config.gunicorn|openapi.sdk|openapi.tools")
import kombu.transport.redis, kombu.transport.pyamqp
found = ["config", "deploy", "modules", "sharding", "openapi"]
for name in found:
    package = importlib.import_module(name)
    for entry in pkgutil.iter_modules(getattr(package, "__path__", []), f"{name}."):
        if not left_out.fullmatch(entry.name):
            found.append(entry.name)
print(len(found))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> str:
    """The interpreter of an environment that has only what the image has."""
    home = tmp_path_factory.mktemp("runtime")
    uv = Path(sys.executable).with_name("uv")
    quiet = ("--quiet", "--no-config")
    subprocess.run([uv, "venv", *quiet, "--python", sys.executable, home / "venv"], check=True)
    found = home / "venv" / "bin" / "python"
    lock = ROOT / "requirements" / "runtime.txt"
    subprocess.run([uv, "pip", "sync", *quiet, "--require-hashes", "-p", found, lock], check=True)
    give_bytecode(Path(sysconfig.get_path("purelib")), next((home / "venv").glob("lib/*/site-packages")))
    return str(found)


def give_bytecode(ours: Path, theirs: Path) -> None:
    """Spare them what we have compiled; Python takes it where a file is as old and as long."""
    for folder in ours.rglob("__pycache__"):
        place = theirs / folder.relative_to(ours)
        if place.parent.is_dir():
            shutil.copytree(folder, place, dirs_exist_ok=True)


class TestRuntimeLock:
    def test_lets_every_module_be_imported(self, python, stack):
        run = subprocess.run(
            [python, "-c", IMPORT_ALL, OF_THE_STACK],
            cwd=ROOT,
            env={"PATH": os.defpath, **stack.env, **PRODUCTION},
            capture_output=True,
            text=True,
            check=False,
        )

        assert run.returncode == 0, run.stderr
        assert int(run.stdout) > 200

    def test_lets_every_process_start(self, python, stack):
        stack.python = python

        started = [stack.run_api(), stack.run_relay(), stack.run_worker(), stack.run_beat()]

        assert [process.is_running for process in started] == [True] * 4
