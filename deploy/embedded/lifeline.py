"""
Runs a program that is told to stop when its parent dies, as another user if asked.

    python -I lifeline.py SIGNAL UID GID PROGRAM ARGUMENT…

Without it, a launcher killed by `kill -9` would leave eight servers behind. It is a program of its own
because `preexec_fn` may deadlock in a process with threads. Only Linux knows the death signal; elsewhere the
records of the launcher find what was left (deploy/embedded/records.py).
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    wanted, uid, gid, *command = sys.argv[1:]
    parent = os.getppid()
    if int(uid) != os.geteuid():
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if sys.platform == "linux":
        # After setuid, which clears it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.Signals[wanted]))
    if os.getppid() != parent:
        sys.exit("the launcher died before this program began")
    os.execv(command[0], command)  # noqa: S606  that is its purpose


if __name__ == "__main__":
    main()
