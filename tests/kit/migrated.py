"""
Migrated databases, made once and copied by every stack of tests that has the same migrations.

To migrate is most of what a stack costs to start. They lie beside the folders of the stacks, so that all
processes of a run share them, and the next run as well.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.embedded import schema
from deploy.embedded.layout import ROOT, throwaway_layout
from deploy.embedded.throwaway import Throwaway

# What makes a schema besides what `make up` looks at: what migrations call, and what only tests have.
SOURCES = (
    *("sharding/**/*.py", "sharding/**/*.sql", "modules/*/migrations/*.sql", "tests/sharding/app/**/*.py"),
    *("config/settings/*.py", "deploy/embedded/*.py", "requirements/dev.txt"),
)
UNUSED_S = 86_400


@contextmanager
def migrated(beside: Path, migrate: Callable[[dict[str, str]], None]) -> Iterator[Path]:
    """
    Give the data of a stack at rest, migrated, for the `with` block.

    :param beside: the folder of a stack
    """
    parent = beside.parent / f"banyan-migrated-{os.geteuid()}"
    parent.mkdir(mode=0o711, exist_ok=True)
    assert parent.stat().st_uid == os.geteuid(), f"{parent} belongs to another user; remove it."
    folder = parent / digest()
    with (parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _sweep(parent)
            _make(folder, migrate)
        os.utime(folder)
        # Many may copy at once.
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield folder / "data"


def digest() -> str:
    """Digest everything that the databases of tests are made from."""
    total = hashlib.sha256(schema.digest().encode())
    for path in sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)}):
        total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()[:16]


def _make(folder: Path, migrate: Callable[[dict[str, str]], None]) -> None:
    stack = Throwaway(throwaway_layout())
    try:
        stack.start()
        migrate(stack.env)
        stack.rest()
        for replica in stack.topology.replicas.values():
            shutil.rmtree(replica.data)
        stack.layout.home.rename(folder)
    finally:
        stack.stop()


def _sweep(parent: Path) -> None:
    """Remove what no run has used for a day."""
    for folder in parent.iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > UNUSED_S:
            shutil.rmtree(folder)
