"""The programs of the profiles, from Debian's archive; before pytest, whose tests have no time for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from deploy.embedded.account import Account, server_account
from deploy.embedded.layout import ROOT

ETCD = "/usr/bin/etcd"
PATRONI = "patroni"
# Beside the tests' own packages, which have nothing to do with it.
PACKAGES = ROOT / ".venv/profiles"
LOCK = ROOT / "requirements/profiles.txt"
PROGRAMS = {
    ETCD: "etcd-server",
    "/usr/sbin/haproxy": "haproxy",
    "/usr/bin/redis-server": "redis-server",
}


def install() -> None:
    """
    Install what is not there.

    :raises RuntimeError: if they cannot be had: these tests are never skipped
    """
    missing = [package for program, package in PROGRAMS.items() if not os.path.exists(program)]
    if missing:
        _apt_get("update", "-q")
        _apt_get("install", "-q", "-y", "--no-install-recommends", *missing)
    installed = PACKAGES / "installed.txt"
    if not installed.exists() or installed.read_bytes() != LOCK.read_bytes():
        _install_patroni(python_of(server_account()))
        installed.write_bytes(LOCK.read_bytes())


def python_of(account: Account) -> str:
    """Return a Python that the servers' user can start: ours may lie in somebody's home."""
    own = Path(sys.executable).resolve()
    return str(own) if account.reaches(own.parent) else "/usr/bin/python3"


def _install_patroni(python: str) -> None:
    uv = [str(ROOT / ".venv/bin/uv"), "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    where = ["--python", python, "--target", str(PACKAGES)]
    subprocess.run([*uv, *where, "-r", str(LOCK)], check=True)


def _apt_get(*words: str) -> None:
    """:raises RuntimeError: with the end of what it said, if it fails"""
    # No service starts: tests run servers of their own.
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    done = subprocess.run(["apt-get", *words], capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        raise RuntimeError(f"apt-get {' '.join(words)} failed:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    install()
