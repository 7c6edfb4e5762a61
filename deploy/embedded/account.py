"""The system user that database servers run as: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from deploy.embedded.errors import StackError


class Switch(TypedDict, total=False):
    """The arguments of `subprocess` that make a child run as another user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """A user to run servers as; `switches` is false when that is whoever calls."""

    name: str
    uid: int
    gid: int
    switches: bool

    def switch(self) -> Switch:
        """Return the arguments for `subprocess` that drop to this user."""
        return Switch(user=self.uid, group=self.gid, extra_groups=[]) if self.switches else Switch()

    def own(self, path: Path) -> None:
        """Give a file or folder to this user."""
        if self.switches:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Return whether this user can enter the folder, going by the modes of the way to it."""
        if not self.switches:
            return True
        way = [path, *path.parents]
        return all(folder.stat().st_mode & 0o001 for folder in way if folder.exists())


def server_account() -> Account:
    """
    Choose the user for the servers: the caller, or `BANYAN_STACK_USER` (default `nobody`) when that is root.

    `nobody` exists everywhere; making a user of our own would change the machine for good.

    :raises StackError: if the named user does not exist
    """
    if os.geteuid() != 0:
        return Account(name="", uid=os.geteuid(), gid=os.getegid(), switches=False)
    name = os.environ.get("BANYAN_STACK_USER", "nobody")
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise StackError(f"There is no user {name!r} to run PostgreSQL as; set BANYAN_STACK_USER.") from None
    return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid, switches=True)
