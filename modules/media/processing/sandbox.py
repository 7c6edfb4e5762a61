"""
What the child gives up before it looks at a stranger's bytes.

Limits always; the rest where the kernel lets an ordinary process do it (a namespace without network,
Landlock, a seccomp filter). `confine` says which of them hold, and the outcome carries it. None needs a
privilege or a package. Where all three are refused, what remains is: no descriptor, no environment, no other
process.
"""

import ctypes
import os
import platform
import resource
import struct
from collections.abc import Iterable

from modules.media.processing import limits

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER, SIGKILL = 1, 22, 38, 2, 9

# The same numbers on every machine.
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_VERSION, LANDLOCK_PATH_BENEATH = 1, 1
WRITE_FILE, READ_FILE, READ_DIR, REMOVE_FILE, MAKE_REG = 1 << 1, 1 << 2, 1 << 3, 1 << 5, 1 << 8
# How many rights over files each version knows; later ones know no more.
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
NO_TCP, NO_SIGNALS_OUTSIDE = 0b11, 0b11

BPF_LOAD, BPF_EQUAL, BPF_AT_LEAST, BPF_RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE_EPERM = 0x7FFF0000, 0x00050001
FOREIGN_ABI = 0x40000000
# Sockets, programs, processes, other processes' memory, more limits, namespaces, and what exploits of
# kernels begin with: socket socketpair connect fork vfork clone clone3 execve execveat ptrace
# process_vm_readv process_vm_writev kill tkill setrlimit prlimit64 unshare setns mount bpf perf_event_open
# userfaultfd io_uring_setup pidfd_open pidfd_getfd keyctl add_key request_key; aarch64 has neither fork nor
# vfork.
REFUSED_CALLS = {
    "x86_64": (0xC000003E, (
        41, 53, 42, 57, 58, 56, 435, 59, 322, 101, 310, 311, 62, 200,
        160, 302, 272, 308, 165, 321, 298, 323, 425, 434, 438, 250, 248, 249,
    )),
    "aarch64": (0xC00000B7, (
        198, 199, 203, 220, 435, 221, 281, 117, 270, 271, 129, 130,
        164, 261, 97, 268, 40, 280, 241, 282, 425, 434, 438, 219, 217, 218,
    )),
}  # fmt: skip


def limit() -> None:
    """Take the limits, for good: a process can lower them alone."""
    for kind, most in (
        (resource.RLIMIT_AS, limits.MEMORY_BYTES),
        (resource.RLIMIT_CPU, limits.CPU_S),
        (resource.RLIMIT_FSIZE, limits.FILE_BYTES),
        (resource.RLIMIT_NOFILE, limits.OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # Of CPU a second more: who reaches the harder one is killed without a word of why.
        resource.setrlimit(kind, (most, most + (kind == resource.RLIMIT_CPU and most != hard)))
    os.nice(limits.NICENESS)


def confine(readable: Iterable[str], writable: str) -> list[str]:
    """
    Give up the network, other files and other processes. Returns the names of what the kernel granted.

    :param readable: folders that may be read from now on: the libraries, nothing else
    :param writable: the one folder in which files may be made
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    held = {"namespace": libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0}
    # After the new namespace, whose credentials would forget it: who dies takes the child along.
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    held["landlock"] = _leave_files(libc, readable, writable)
    held["seccomp"] = _leave_calls(libc)
    return [name for name, holds in held.items() if holds]


def _leave_files(libc: ctypes.CDLL, readable: Iterable[str], writable: str) -> bool:
    version = _call(libc, LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_VERSION)
    if version < 1:
        return False
    handled = (1 << RIGHTS.get(version, 16 if version > 4 else 13)) - 1
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = struct.pack("=QQQ", handled, NO_TCP, NO_SIGNALS_OUTSIDE)[:size]
    ruleset = _call(libc, LANDLOCK_CREATE_RULESET, attributes, size, 0)
    for folder in readable:
        _allow(libc, ruleset, folder, READ_FILE | READ_DIR)
    _allow(libc, ruleset, writable, WRITE_FILE | REMOVE_FILE | MAKE_REG)
    return _call(libc, LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0


def _allow(libc: ctypes.CDLL, ruleset: int, folder: str, rights: int) -> None:
    descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    _call(libc, LANDLOCK_ADD_RULE, ruleset, LANDLOCK_PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    os.close(descriptor)


def _leave_calls(libc: ctypes.CDLL) -> bool:
    """Refuse system calls by a filter; a word of it: operation, skipped if true, skipped if not, operand."""
    if platform.machine() not in REFUSED_CALLS:
        return False
    machine, numbers = REFUSED_CALLS[platform.machine()]
    jumps = [(BPF_EQUAL, number, len(numbers) - at) for at, number in enumerate(numbers)]
    program = [
        (BPF_LOAD, 0, 0, 4),
        # A call of another machine's numbering (32 bits) is none of ours.
        (BPF_EQUAL, 1, 0, machine),
        (BPF_RETURN, 0, 0, REFUSE_EPERM),
        (BPF_LOAD, 0, 0, 0),
        (BPF_AT_LEAST, len(numbers) + 1, 0, FOREIGN_ABI),
        *((operation, skip, 0, number) for operation, number, skip in jumps),
        (BPF_RETURN, 0, 0, ALLOW),
        (BPF_RETURN, 0, 0, REFUSE_EPERM),
    ]
    words = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *word) for word in program))
    whole = struct.pack("@HP", len(program), ctypes.addressof(words))
    return bool(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, whole, 0, 0) == 0)


def _call(libc: ctypes.CDLL, number: int, *arguments: int | bytes | None) -> int:
    given = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return int(libc.syscall(ctypes.c_long(number), *given))
