"""One launcher a checkout: whoever holds the lock runs, and its number stands in the file."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Self


class Lock:
    """The lock of the launcher; the kernel lets it go when its holder dies, however it dies."""

    def __init__(self, home: Path) -> None:
        self._path = home / "launcher.lock"
        self._file = -1

    def take(self) -> bool:
        """Return whether the lock is ours now."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        self._file = file
        return True

    def holder(self) -> int | None:
        """Return the process that holds the lock, if one does."""
        if self.take():
            self.release()
            return None
        return int(self._path.read_text() or 0) or None

    def release(self) -> None:
        """Let the lock go."""
        os.close(self._file)
        self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file >= 0:
            self.release()
