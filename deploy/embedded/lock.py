"""One launcher a checkout: whoever holds the lock runs, and its number stands in the file."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path
from typing import Self

from deploy.embedded.errors import StackError

PAUSE, TRIES = 0.02, 10


class Lock:
    """The lock of the launcher; the kernel lets it go when its holder dies, however it dies."""

    def __init__(self, home: Path) -> None:
        self._path = home / "launcher.lock"
        self._file = -1

    def take(self) -> bool:
        """
        Return whether the lock is ours now.

        :raises StackError: if the place belongs to someone else
        """
        file = self._open()
        if not _locks(file, fcntl.LOCK_EX):
            os.close(file)
            return False
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        self._file = file
        return True

    def holder(self) -> int | None:
        """
        Return the process that holds the lock, if one does.

        :raises StackError: if the place belongs to someone else
        """
        if not self._path.parent.exists():
            return None  # and who only asks makes none
        file = self._open()
        try:
            # Shared, so that several may ask at once; who wants to hold it waits for them.
            while not _locks(file, fcntl.LOCK_SH):
                if text := self._path.read_text():
                    return int(text)
                time.sleep(PAUSE)  # its holder has not written its number yet
        finally:
            os.close(file)
        return None

    def _open(self) -> int:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError:
            raise StackError(f"{self._path.parent} belongs to another user; run as that user.") from None
        except (FileExistsError, NotADirectoryError):
            raise StackError(f"{self._path.parent} is no folder; set BANYAN_HOME to one.") from None

    def release(self) -> None:
        """Let the lock go."""
        os.close(self._file)
        self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file >= 0:
            self.release()


def _locks(file: int, how: int) -> bool:
    """Return whether a lock can be had; who only asks for its holder keeps it for an instant."""
    for _ in range(TRIES):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, how | fcntl.LOCK_NB)
            return True
        time.sleep(PAUSE)
    return False
